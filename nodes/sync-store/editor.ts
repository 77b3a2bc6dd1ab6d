import { readable, wholeNumber } from '../editor/validate.ts';
import '../editor/style.ts';

RED.nodes.registerType('sync-store', {
  category: 'config',
  defaults: {
    name: { value: '' },
    url: {
      value: '',
      validate: readable('sync-store.label.url', (url, node) => {
        if (/^\w+:\/\//.test(url) && !/^postgres(ql)?:\/\//.test(url)) throw new Error(node._('sync-store.error.url'));
        if (/^\w+:\/\/[^@/]*:[^@/]+@/.test(url)) throw new Error(node._('sync-store.error.password'));
      }),
    },
    retentionDays: { value: 35, validate: wholeNumber('sync-store.label.retentionDays', 1, 3650) },
  },
  credentials: { password: { type: 'password' }, tokens: { type: 'password' } },
  label() {
    return String(this.name || this.url || 'sync-store');
  },
  oneditprepare() {
    const url = $('#node-config-input-url');
    const update = () => $('#planbridge-password').toggle(/^postgres(ql)?:|^\$\{|^$/.test(String(url.val()).trim()));
    url.on('change keyup', update);
    update();
  },
});
