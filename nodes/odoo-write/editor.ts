import { completeFields, completeModel } from '../editor/completion.ts';
import { COLOUR } from '../editor/red.ts';
import { showFor } from '../editor/rows.ts';
import { isObject, json, matching, wholeNumber } from '../editor/validate.ts';

RED.nodes.registerType('odoo-write', {
  category: 'Planbridge',
  color: COLOUR.odoo,
  defaults: {
    name: { value: '' },
    server: { value: '', type: 'odoo-server', required: true },
    store: { value: '', type: 'sync-store', required: true },
    durable: { value: true },
    operation: { value: 'upsert' },
    model: { value: '', validate: matching('odoo-write.error.model', /^[a-z_][\w.]*$/) },
    keys: { value: '' },
    fillEmpty: { value: '' },
    method: { value: '', validate: matching('odoo-write.error.method', /^[a-z]\w*$/) },
    args: { value: '', validate: json('odoo-write.error.json', isObject) },
    followUp: { value: '', validate: matching('odoo-write.error.method', /^[a-z]\w*$/) },
    dryRun: { value: false },
    batchSize: { value: 1000, validate: wholeNumber('odoo-write.error.batch', 1, 10000) },
    maxAttempts: { value: 12, validate: wholeNumber('odoo-write.error.attempts', 1, 100) },
    context: { value: '', validate: json('odoo-write.error.json', isObject) },
  },
  inputs: 1,
  outputs: 2,
  outputLabels(index) {
    return [this._('odoo-write.output.applied'), this._('odoo-write.output.refused')][index] ?? '';
  },
  icon: 'odoo-write.svg',
  paletteLabel: 'odoo-write',
  label() {
    return String(this.name || this.model || 'odoo-write');
  },
  labelStyle() {
    return this.name ? 'node_label_italic' : '';
  },
  oneditprepare() {
    const server = () => String($('#node-input-server').val());
    const model = () => String($('#node-input-model').val());
    completeModel('#node-input-model', server);
    completeFields('#node-input-keys', server, model);
    completeFields('#node-input-fillEmpty', server, model);
    showFor('#node-input-operation', '#dialog-form');
  },
});
