import { chosen, matching, needed, wholeNumber } from '../editor/validate.ts';
import { openFaults } from '../editor/visibility.ts';
import '../editor/style.ts';

RED.nodes.registerType('forecast-receive', {
  category: 'Planbridge',
  categoryDescription: 'Odoo and demand planning',
  color: '#C0DEED',
  defaults: {
    name: { value: '' },
    store: { value: '', type: 'sync-store', validate: chosen('forecast-receive.label.store') },
    interface: {
      value: 'forecast-import',
      validate: needed('forecast-receive.label.interface', 'forecast-receive.error.interface', /^[a-z0-9-]+$/),
    },
    path: {
      value: '/planning/forecasts',
      validate: matching('forecast-receive.label.path', 'forecast-receive.error.path', /^\/[^\s?#]+$/),
    },
    columns: { value: 'product, location, period, quantity' },
    maxMegabytes: { value: 64, validate: wholeNumber('forecast-receive.label.maxMegabytes', 1, 1024) },
    folder: { value: '' },
    pollSeconds: { value: 5, validate: wholeNumber('forecast-receive.label.pollSeconds', 1, 3600) },
    maxAttempts: { value: 30, validate: wholeNumber('forecast-receive.label.maxAttempts', 1, 1000) },
    leaseSeconds: { value: 120, validate: wholeNumber('forecast-receive.label.leaseSeconds', 10, 86_400) },
  },
  inputs: 1,
  outputs: 2,
  outputLabels(index) {
    return this._(index === 0 ? 'forecast-receive.output.reply' : 'forecast-receive.output.runs');
  },
  icon: 'forecast-receive.svg',
  paletteLabel: 'forecast receive',
  label() {
    return String(this.name || this.path || 'forecast receive');
  },
  labelStyle() {
    return this.name ? 'node_label_italic' : '';
  },
  oneditprepare() {
    openFaults();
  },
});
