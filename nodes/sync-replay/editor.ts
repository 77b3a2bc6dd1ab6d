import { chosen } from '../editor/validate.ts';
import { openFaults, showWhatApplies } from '../editor/visibility.ts';
import '../editor/style.ts';

RED.nodes.registerType('sync-replay', {
  category: 'Planbridge',
  categoryDescription: 'Odoo and demand planning',
  color: '#D8BFD8',
  defaults: {
    name: { value: '' },
    store: { value: '', type: 'sync-store', validate: chosen('sync-replay.label.store') },
    action: { value: 'list' },
    mapping: { value: 'original' },
  },
  inputs: 1,
  outputs: 1,
  outputLabels() {
    return this._('sync-replay.output.answer');
  },
  icon: 'sync-replay.svg',
  paletteLabel: 'sync replay',
  label() {
    return String(this.name || 'sync replay');
  },
  labelStyle() {
    return this.name ? 'node_label_italic' : '';
  },
  oneditprepare() {
    showWhatApplies();
    openFaults();
  },
});
