import { chosen } from '../editor/validate.ts';
import { openFaults } from '../editor/visibility.ts';
import '../editor/style.ts';

RED.nodes.registerType('sync-settle', {
  category: 'Planbridge',
  categoryDescription: 'Odoo and demand planning',
  color: '#D8BFD8',
  defaults: {
    name: { value: '' },
    store: { value: '', type: 'sync-store', validate: chosen('sync-settle.label.store') },
  },
  inputs: 1,
  outputs: 1,
  outputLabels() {
    return this._('sync-settle.output.settled');
  },
  icon: 'sync-settle.svg',
  paletteLabel: 'sync settle',
  label() {
    return String(this.name || 'sync settle');
  },
  labelStyle() {
    return this.name ? 'node_label_italic' : '';
  },
  oneditprepare() {
    openFaults();
  },
});
