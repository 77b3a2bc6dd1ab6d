import { chosen, wholeNumber } from '../editor/validate.ts';
import { openFaults } from '../editor/visibility.ts';
import '../editor/style.ts';

RED.nodes.registerType('forecast-approve', {
  category: 'Planbridge',
  categoryDescription: 'Odoo and demand planning',
  color: '#C0DEED',
  defaults: {
    name: { value: '' },
    store: { value: '', type: 'sync-store', validate: chosen('forecast-approve.label.store') },
    server: { value: '', type: 'odoo-server', validate: chosen('forecast-approve.label.server') },
    purpose: { value: 'baseline' },
    changedLinesPercent: { value: 20, validate: wholeNumber('forecast-approve.label.changedLinesPercent', 0, 100) },
    totalDeviationPercent: { value: 10, validate: wholeNumber('forecast-approve.label.totalDeviationPercent', 0, 10_000) },
    largestChangePercent: { value: 50, validate: wholeNumber('forecast-approve.label.largestChangePercent', 0, 10_000) },
    largestChangeQuantity: { value: 0, validate: wholeNumber('forecast-approve.label.largestChangeQuantity', 0, 1_000_000_000) },
    frozenDays: { value: 0, validate: wholeNumber('forecast-approve.label.frozenDays', 0, 365) },
    first: { value: 'automatic' },
    waitHours: { value: 24, validate: wholeNumber('forecast-approve.label.waitHours', 1, 8_760) },
    onDeadline: { value: 'escalate' },
    unchanged: { value: 'skip' },
    gone: { value: 'keep' },
    maxAttempts: { value: 30, validate: wholeNumber('forecast-approve.label.maxAttempts', 1, 100) },
    leaseSeconds: { value: 120, validate: wholeNumber('forecast-approve.label.leaseSeconds', 10, 3_600) },
  },
  inputs: 1,
  outputs: 2,
  outputLabels(index) {
    return this._(index === 0 ? 'forecast-approve.output.released' : 'forecast-approve.output.notices');
  },
  icon: 'forecast-approve.svg',
  paletteLabel: 'forecast approve',
  label() {
    return String(this.name || 'forecast approve');
  },
  labelStyle() {
    return this.name ? 'node_label_italic' : '';
  },
  oneditprepare() {
    openFaults();
  },
});
