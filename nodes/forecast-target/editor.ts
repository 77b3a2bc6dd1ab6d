import { chosen, wholeNumber } from '../editor/validate.ts';
import { openFaults, showWhatApplies } from '../editor/visibility.ts';
import '../editor/style.ts';

RED.nodes.registerType('forecast-target', {
  category: 'Planbridge',
  categoryDescription: 'Odoo and demand planning',
  color: '#C0DEED',
  defaults: {
    name: { value: '' },
    server: { value: '', type: 'odoo-server', validate: chosen('forecast-target.label.server') },
    target: { value: 'reordering-rules' },
    bucket: { value: 'week' },
    productKey: { value: 'default_code' },
    reviewDays: { value: 7, validate: wholeNumber('forecast-target.label.reviewDays', 0, 365) },
    cycleDays: { value: 7, validate: wholeNumber('forecast-target.label.cycleDays', 0, 365) },
    safetyDays: { value: 0, validate: wholeNumber('forecast-target.label.safetyDays', 0, 365) },
    cacheSeconds: { value: 300, validate: wholeNumber('forecast-target.label.cacheSeconds', 0, 86_400) },
  },
  inputs: 1,
  outputs: 2,
  outputLabels(index) {
    return this._(index === 0 ? 'forecast-target.output.records' : 'forecast-target.output.exceptions');
  },
  icon: 'forecast-target.svg',
  paletteLabel: 'forecast target',
  label() {
    return String(this.name || 'forecast target');
  },
  labelStyle() {
    return this.name ? 'node_label_italic' : '';
  },
  oneditprepare() {
    showWhatApplies();
    openFaults();
  },
});
