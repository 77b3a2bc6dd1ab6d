import { completeFields, completeModel } from '../editor/completion.ts';
import { domainBuilder } from '../editor/domain-builder.ts';
import { treeOf } from '../editor/domain-tree.ts';
import { chosen, fields, json, matching, model, readable, wholeNumber } from '../editor/validate.ts';
import { openFaults, showWhatApplies } from '../editor/visibility.ts';
import '../editor/style.ts';

RED.nodes.registerType('odoo-write', {
  category: 'Planbridge',
  categoryDescription: 'Odoo and demand planning',
  color: '#D8BFD8',
  defaults: {
    name: { value: '' },
    server: { value: '', type: 'odoo-server', validate: chosen('odoo-write.label.server') },
    store: { value: '', type: 'sync-store', validate: chosen('odoo-write.label.store', (node) => node.durable === false) },
    durable: { value: true },
    operation: { value: 'upsert' },
    model: { value: '', validate: model('odoo-write.label.model') },
    keys: { value: '', validate: fields('odoo-write.label.keys') },
    fillEmpty: { value: '', validate: fields('odoo-write.label.fillEmpty') },
    method: { value: '', validate: matching('odoo-write.label.method', 'editor.error.method', /^[a-z]\w*$/) },
    args: { value: '', validate: json('odoo-write.label.args', 'object') },
    followUp: { value: '', validate: matching('odoo-write.label.followUp', 'editor.error.method', /^[a-z]\w*$/) },
    doneWhen: { value: '', validate: readable('odoo-write.label.doneWhen', (domain) => treeOf(domain)) },
    dryRun: { value: false },
    batchSize: { value: 1000, validate: wholeNumber('odoo-write.label.batchSize', 1, 10_000) },
    maxAttempts: { value: 12, validate: wholeNumber('odoo-write.label.maxAttempts', 1, 100) },
    context: { value: '', validate: json('odoo-write.label.context', 'object') },
  },
  inputs: 1,
  outputs: 2,
  outputLabels(index) {
    return this._(index === 0 ? 'odoo-write.output.applied' : 'odoo-write.output.refused');
  },
  icon: 'odoo-write.svg',
  paletteLabel: 'odoo write',
  label() {
    return String(this.name || this.model || 'odoo write');
  },
  labelStyle() {
    return this.name ? 'node_label_italic' : '';
  },
  oneditprepare() {
    const server = () => String($('#node-input-server').val());
    const ofModel = () => String($('#node-input-model').val());
    completeModel($('#node-input-model'), server);
    for (const name of ['keys', 'fillEmpty']) completeFields($(`#node-input-${name}`), server, ofModel);
    for (const name of ['args', 'context']) $(`#node-input-${name}`).typedInput({ types: ['json'] });
    domainBuilder(this, '#planbridge-domain', '#node-input-doneWhen', { server, model: ofModel });
    $('#planbridge-done-when').prop('open', Boolean(this.doneWhen));
    showWhatApplies();
    openFaults();
  },
});
