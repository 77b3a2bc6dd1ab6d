import { COLOUR } from '../editor/red.ts';
import { isList, json, wholeNumber } from '../editor/validate.ts';

RED.nodes.registerType('forecast-validate', {
  category: 'Planbridge',
  color: COLOUR.planning,
  defaults: {
    name: { value: '' },
    server: { value: '', type: 'odoo-server', required: true },
    productKey: { value: 'default_code' },
    supplierDomain: { value: '', validate: json('forecast-validate.error.domain', isList) },
    insideLeadTime: { value: 'warn' },
    pastDays: { value: 0, validate: wholeNumber('forecast-validate.error.days', 0, 3650) },
    futureDays: { value: 730, validate: wholeNumber('forecast-validate.error.days', 0, 3650) },
    cacheSeconds: { value: 300, validate: wholeNumber('forecast-validate.error.seconds', 0, 86400) },
  },
  inputs: 1,
  outputs: 2,
  outputLabels(index) {
    return [this._('forecast-validate.output.accepted'), this._('forecast-validate.output.exceptions')][index] ?? '';
  },
  icon: 'forecast-validate.svg',
  paletteLabel: 'forecast-validate',
  label() {
    return String(this.name || 'forecast-validate');
  },
  labelStyle() {
    return this.name ? 'node_label_italic' : '';
  },
});
