import { type RoutingRow, reasonTable, routingRules } from '../editor/routing-rules.ts';
import { chosen } from '../editor/validate.ts';
import '../editor/style.ts';

/** How the rules of the open form read. */
let readRules: (() => RoutingRow[]) | undefined;

RED.nodes.registerType('exception-route', {
  category: 'Planbridge',
  categoryDescription: 'Odoo and demand planning',
  color: '#F3B567',
  defaults: {
    name: { value: '' },
    store: { value: '', type: 'sync-store', validate: chosen('exception-route.label.store') },
    rules: { value: [] as RoutingRow[] },
  },
  inputs: 1,
  outputs: 4,
  outputLabels(index) {
    const labels = [
      'exception-route.output.planner',
      'exception-route.output.buyer',
      'exception-route.output.masterData',
      'exception-route.output.integration',
    ];
    return this._(labels[index] ?? '');
  },
  icon: 'exception-route.svg',
  paletteLabel: 'exception route',
  label() {
    return String(this.name || 'exception route');
  },
  labelStyle() {
    return this.name ? 'node_label_italic' : '';
  },
  oneditprepare() {
    readRules = routingRules(this, $('#planbridge-rules'), (this.rules ?? []) as RoutingRow[]);
    reasonTable(this, $('#planbridge-reasons'));
  },
  oneditsave() {
    this.rules = readRules?.() ?? [];
  },
});
