import { wholeNumber } from '../editor/validate.ts';

RED.nodes.registerType('sync-store', {
  category: 'config',
  defaults: {
    name: { value: '' },
    url: {
      value: '',
      validate(value) {
        if (/^\w+:\/\//.test(value) && !/^postgres(ql)?:\/\//.test(value)) return this._('sync-store.error.url');
        return !/^\w+:\/\/[^@/]*:[^@/]+@/.test(value) || this._('sync-store.error.password');
      },
    },
    retentionDays: { value: 35, validate: wholeNumber('sync-store.error.days', 1, 3650) },
  },
  credentials: { password: { type: 'password' } },
  label() {
    return String(this.name || this.url || this._('sync-store.store'));
  },
});
