import { type DeviationRow, deviationLimits } from '../editor/deviation-limits.ts';
import { domainBuilder } from '../editor/domain-builder.ts';
import { treeOf } from '../editor/domain-tree.ts';
import { chosen, limits, readable, wholeNumber } from '../editor/validate.ts';
import { openFaults } from '../editor/visibility.ts';
import '../editor/style.ts';

/** Odoo's lines of the Purchase tab: which of them approve a supplier. */
const SUPPLIERS = 'product.supplierinfo';

/** How the limits of the open form read. */
let readLimits: (() => DeviationRow[]) | undefined;

RED.nodes.registerType('forecast-validate', {
  category: 'Planbridge',
  categoryDescription: 'Odoo and demand planning',
  color: '#C0DEED',
  defaults: {
    name: { value: '' },
    server: { value: '', type: 'odoo-server', validate: chosen('forecast-validate.label.server') },
    productKey: { value: 'default_code' },
    supplierDomain: {
      value: '',
      validate: readable('forecast-validate.label.supplierDomain', (domain) => treeOf(domain)),
    },
    insideLeadTime: { value: 'warn' },
    pastDays: { value: 0, validate: wholeNumber('forecast-validate.label.pastDays', 0, 3650) },
    futureDays: { value: 730, validate: wholeNumber('forecast-validate.label.futureDays', 0, 3650) },
    deviations: {
      value: [] as DeviationRow[],
      validate: limits('forecast-validate.section.deviations', ['percent', 'quantity']),
    },
    store: {
      value: '',
      type: 'sync-store',
      validate: chosen('forecast-validate.label.store', (node) => ((node.deviations ?? []) as DeviationRow[]).length === 0),
    },
    cacheSeconds: { value: 300, validate: wholeNumber('forecast-validate.label.cacheSeconds', 0, 86_400) },
  },
  inputs: 1,
  outputs: 2,
  outputLabels(index) {
    return this._(index === 0 ? 'forecast-validate.output.accepted' : 'forecast-validate.output.exceptions');
  },
  icon: 'forecast-validate.svg',
  paletteLabel: 'forecast validate',
  label() {
    return String(this.name || 'forecast validate');
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
    const rows = (this.deviations ?? []) as DeviationRow[];
    readLimits = deviationLimits(this, $('#planbridge-limits'), rows);
    $('#planbridge-deviations').prop('open', rows.length > 0);
    openFaults();
  },
  oneditsave() {
    this.deviations = readLimits?.() ?? [];
  },
});
