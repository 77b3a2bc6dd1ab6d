import { COLOUR } from '../editor/red.ts';

RED.nodes.registerType('sync-run', {
  category: 'Planbridge',
  color: COLOUR.planning,
  defaults: {
    name: { value: '' },
    store: { value: '', type: 'sync-store', required: true },
  },
  inputs: 1,
  outputs: 1,
  outputLabels(index) {
    return [this._('sync-run.output.summary')][index] ?? '';
  },
  icon: 'sync-run.svg',
  paletteLabel: 'sync-run',
  label() {
    return String(this.name || 'sync-run');
  },
  labelStyle() {
    return this.name ? 'node_label_italic' : '';
  },
});
