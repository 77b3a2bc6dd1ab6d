import { COLOUR } from '../editor/red.ts';
import { wholeNumber } from '../editor/validate.ts';

RED.nodes.registerType('forecast-target', {
  category: 'Planbridge',
  color: COLOUR.planning,
  defaults: {
    name: { value: '' },
    server: { value: '', type: 'odoo-server', required: true },
    target: { value: 'reordering-rules' },
    productKey: { value: 'default_code' },
    reviewDays: { value: 7, validate: wholeNumber('forecast-target.error.days', 0, 365) },
    cycleDays: { value: 7, validate: wholeNumber('forecast-target.error.days', 0, 365) },
    safetyDays: { value: 0, validate: wholeNumber('forecast-target.error.days', 0, 365) },
    cacheSeconds: { value: 300, validate: wholeNumber('forecast-target.error.seconds', 0, 86400) },
  },
  inputs: 1,
  outputs: 1,
  outputLabels(index) {
    return [this._('forecast-target.output.records')][index] ?? '';
  },
  icon: 'forecast-target.svg',
  paletteLabel: 'forecast-target',
  label() {
    return String(this.name || 'forecast-target');
  },
  labelStyle() {
    return this.name ? 'node_label_italic' : '';
  },
});
