import { domainBuilder } from '../editor/domain-builder.ts';
import { treeOf } from '../editor/domain-tree.ts';
import { chosen, readable, wholeNumber } from '../editor/validate.ts';
import { openFaults } from '../editor/visibility.ts';
import '../editor/style.ts';

/** Odoo's lines of the Purchase tab: which of them approve a supplier. */
const SUPPLIERS = 'product.supplierinfo';

RED.nodes.registerType('exception-desk', {
  category: 'Planbridge',
  categoryDescription: 'Odoo and demand planning',
  color: '#F3B567',
  defaults: {
    name: { value: '' },
    store: { value: '', type: 'sync-store', validate: chosen('exception-desk.label.store') },
    action: { value: 'list' },
    everyMinutes: { value: 0, validate: wholeNumber('exception-desk.label.everyMinutes', 0, 1440) },
    server: {
      value: '',
      type: 'odoo-server',
      validate: chosen('exception-desk.label.server', (node) => node.action !== 'look'),
    },
    productKey: { value: 'default_code' },
    supplierDomain: { value: '', validate: readable('exception-desk.label.supplierDomain', (domain) => treeOf(domain)) },
    interface: { value: '' },
    nextPlanner: { value: 'integration' },
    nextBuyer: { value: 'planner' },
    nextMasterData: { value: 'planner' },
    nextIntegration: { value: '' },
  },
  inputs: 1,
  outputs: 2,
  outputLabels(index) {
    return this._(index === 0 ? 'exception-desk.output.answer' : 'exception-desk.output.notices');
  },
  icon: 'exception-desk.svg',
  paletteLabel: 'exception desk',
  label() {
    return String(this.name || 'exception desk');
  },
  labelStyle() {
    return this.name ? 'node_label_italic' : '';
  },
  oneditprepare() {
    domainBuilder(this, '#planbridge-domain', '#node-input-supplierDomain', {
      server: () => String($('#node-input-server').val()),
      model: () => SUPPLIERS,
    });
    $('#planbridge-suppliers').prop('open', Boolean(this.supplierDomain));
    openFaults();
  },
});
