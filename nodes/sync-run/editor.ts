import { chosen } from '../editor/validate.ts';
import '../editor/style.ts';

RED.nodes.registerType('sync-run', {
  category: 'Planbridge',
  categoryDescription: 'Odoo and demand planning',
  color: '#C0DEED',
  defaults: {
    name: { value: '' },
    store: { value: '', type: 'sync-store', validate: chosen('sync-run.label.store') },
  },
  inputs: 1,
  outputs: 1,
  outputLabels() {
    return this._('sync-run.output.summary');
  },
  icon: 'sync-run.svg',
  paletteLabel: 'sync run',
  label() {
    return String(this.name || 'sync run');
  },
  labelStyle() {
    return this.name ? 'node_label_italic' : '';
  },
});
