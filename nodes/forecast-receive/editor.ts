import { COLOUR } from '../editor/red.ts';
import { matching, wholeNumber } from '../editor/validate.ts';

RED.nodes.registerType('forecast-receive', {
  category: 'Planbridge',
  color: COLOUR.planning,
  defaults: {
    name: { value: '' },
    store: { value: '', type: 'sync-store', required: true },
    interface: { value: 'forecast-import', validate: matching('forecast-receive.error.interface', /^[a-z0-9-]+$/, true) },
    path: { value: '', validate: matching('forecast-receive.error.path', /^\/.+/) },
    columns: { value: 'product, location, period, quantity' },
    maxMegabytes: { value: 64, validate: wholeNumber('forecast-receive.error.megabytes', 1, 1024) },
    folder: { value: '' },
    pollSeconds: { value: 5, validate: wholeNumber('forecast-receive.error.seconds', 1, 3600) },
    maxAttempts: { value: 30, validate: wholeNumber('forecast-receive.error.attempts', 1, 1000) },
    leaseSeconds: { value: 120, validate: wholeNumber('forecast-receive.error.lease', 10, 86400) },
  },
  inputs: 1,
  outputs: 2,
  outputLabels(index) {
    return [this._('forecast-receive.output.reply'), this._('forecast-receive.output.runs')][index] ?? '';
  },
  icon: 'forecast-receive.svg',
  paletteLabel: 'forecast-receive',
  label() {
    return String(this.name || 'forecast-receive');
  },
  labelStyle() {
    return this.name ? 'node_label_italic' : '';
  },
});
