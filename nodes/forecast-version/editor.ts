import { chosen } from '../editor/validate.ts';
import { openFaults } from '../editor/visibility.ts';
import '../editor/style.ts';

RED.nodes.registerType('forecast-version', {
  category: 'Planbridge',
  categoryDescription: 'Odoo and demand planning',
  color: '#C0DEED',
  defaults: {
    name: { value: '' },
    store: { value: '', type: 'sync-store', validate: chosen('forecast-version.label.store') },
    action: { value: 'list' },
    interface: { value: 'forecast-import' },
  },
  inputs: 1,
  outputs: 1,
  outputLabels() {
    return this._('forecast-version.output.answer');
  },
  icon: 'forecast-version.svg',
  paletteLabel: 'forecast version',
  label() {
    return String(this.name || 'forecast version');
  },
  labelStyle() {
    return this.name ? 'node_label_italic' : '';
  },
  oneditprepare() {
    openFaults();
  },
});
