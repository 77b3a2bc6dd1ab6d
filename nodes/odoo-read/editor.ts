import { completeFields, completeModel } from '../editor/completion.ts';
import { domainBuilder } from '../editor/domain-builder.ts';
import { treeOf } from '../editor/domain-tree.ts';
import { chosen, fields, json, matching, model, readable, wholeNumber } from '../editor/validate.ts';
import { openFaults, showWhatApplies } from '../editor/visibility.ts';
import '../editor/style.ts';

RED.nodes.registerType('odoo-read', {
  category: 'Planbridge',
  categoryDescription: 'Odoo and demand planning',
  color: '#D8BFD8',
  defaults: {
    name: { value: '' },
    server: { value: '', type: 'odoo-server', validate: chosen('odoo-read.label.server') },
    operation: { value: 'search' },
    model: { value: '', validate: model('odoo-read.label.model') },
    domain: { value: '', validate: readable('odoo-read.label.domain', (domain) => treeOf(domain)) },
    fields: { value: '', validate: fields('odoo-read.label.fields') },
    order: {
      value: '',
      validate: matching(
        'odoo-read.label.order',
        'odoo-read.error.order',
        /^\s*[a-z_][\w.]*(\s+(asc|desc))?(\s*,\s*[a-z_][\w.]*(\s+(asc|desc))?)*\s*$/i,
      ),
    },
    limit: { value: 0, validate: wholeNumber('odoo-read.label.limit', 0, 1_000_000_000) },
    pageSize: { value: 1000, validate: wholeNumber('odoo-read.label.pageSize', 1, 10_000) },
    groupBy: { value: '', validate: fields('odoo-read.label.groupBy') },
    aggregates: {
      value: '',
      validate: matching('odoo-read.label.aggregates', 'odoo-read.error.aggregates', /^\s*\w+:\w+(\s*,\s*\w+:\w+)*\s*$/),
    },
    context: { value: '', validate: json('odoo-read.label.context', 'object') },
    store: { value: '', type: 'sync-store', required: false, validate: chosen('odoo-read.label.store', () => true) },
    turnSeconds: { value: 60, validate: wholeNumber('odoo-read.label.turnSeconds', 1, 86_400) },
  },
  inputs: 1,
  outputs: 1,
  outputLabels() {
    return this._(this.operation === 'count' ? 'odoo-read.output.count' : 'odoo-read.output.records');
  },
  icon: 'odoo-read.svg',
  paletteLabel: 'odoo read',
  label() {
    return String(this.name || this.model || 'odoo read');
  },
  labelStyle() {
    return this.name ? 'node_label_italic' : '';
  },
  oneditprepare() {
    const server = () => String($('#node-input-server').val());
    const ofModel = () => String($('#node-input-model').val());
    completeModel($('#node-input-model'), server);
    for (const name of ['fields', 'order', 'groupBy', 'aggregates']) completeFields($(`#node-input-${name}`), server, ofModel);
    domainBuilder(this, '#planbridge-domain', '#node-input-domain', { server, model: ofModel });
    $('#node-input-context').typedInput({ types: ['json'] });
    showWhatApplies();
    openFaults();
  },
});
