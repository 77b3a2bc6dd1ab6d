import { completeFields, completeModel } from '../editor/completion.ts';
import { domainBuilder } from '../editor/domain-builder.ts';
import { COLOUR } from '../editor/red.ts';
import { showFor } from '../editor/rows.ts';
import { isObject, json, matching, wholeNumber } from '../editor/validate.ts';

RED.nodes.registerType('odoo-read', {
  category: 'Planbridge',
  color: COLOUR.odoo,
  defaults: {
    name: { value: '' },
    server: { value: '', type: 'odoo-server', required: true },
    operation: { value: 'search' },
    model: { value: '', validate: matching('odoo-read.error.model', /^[a-z_][\w.]*$/) },
    domain: { value: '' },
    fields: { value: '' },
    order: { value: '' },
    limit: { value: 0, validate: wholeNumber('odoo-read.error.number', 0, 1e9) },
    pageSize: { value: 1000, validate: wholeNumber('odoo-read.error.page', 1, 10000) },
    groupBy: { value: '' },
    aggregates: { value: '', validate: matching('odoo-read.error.aggregates', /^\s*\w+:\w+(\s*,\s*\w+:\w+)*\s*$/) },
    context: { value: '', validate: json('odoo-read.error.context', isObject) },
  },
  inputs: 1,
  outputs: 1,
  outputLabels(index) {
    return [this._('odoo-read.output.records')][index] ?? '';
  },
  icon: 'odoo-read.svg',
  paletteLabel: 'odoo-read',
  label() {
    return String(this.name || this.model || 'odoo-read');
  },
  labelStyle() {
    return this.name ? 'node_label_italic' : '';
  },
  oneditprepare() {
    const server = () => String($('#node-input-server').val());
    const model = () => String($('#node-input-model').val());
    completeModel('#node-input-model', server);
    completeFields('#node-input-fields', server, model);
    completeFields('#node-input-groupBy', server, model);
    domainBuilder(this, '#planbridge-domain', '#node-input-domain', { server, model });
    showFor('#node-input-operation', '#dialog-form');
  },
});
