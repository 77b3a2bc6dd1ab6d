import { chosen, matching, needed, wholeNumber } from '../editor/validate.ts';
import { openFaults } from '../editor/visibility.ts';
import '../editor/style.ts';

RED.nodes.registerType('event-receive', {
  category: 'Planbridge',
  categoryDescription: 'Odoo and demand planning',
  color: '#C0DEED',
  defaults: {
    name: { value: '' },
    store: { value: '', type: 'sync-store', validate: chosen('event-receive.label.store') },
    interface: {
      value: 'shop-floor-events',
      validate: needed('event-receive.label.interface', 'event-receive.error.interface', /^[a-z0-9-]+$/),
    },
    url: {
      value: '',
      validate: matching('event-receive.label.url', 'event-receive.error.url', /^(mqtts?|wss?):\/\/[^\s/]+/),
    },
    version: { value: 'auto' },
    clientId: {
      value: '',
      validate: matching('event-receive.label.clientId', 'event-receive.error.clientId', /^[\w.:-]{1,100}$/),
    },
    tls: { value: '', type: 'tls-config', required: false },
    topics: {
      value: '+/+/+/+/#',
      validate: needed('event-receive.label.topics', 'event-receive.error.topics', /^[^\s,]+(\s*,\s*[^\s,]+)*$/),
    },
    group: { value: '', validate: matching('event-receive.label.group', 'event-receive.error.group', /^[^\s/+#]+$/) },
    sessionHours: { value: 168, validate: wholeNumber('event-receive.label.sessionHours', 1, 8760) },
    format: { value: 'auto' },
    maxKilobytes: { value: 1024, validate: wholeNumber('event-receive.label.maxKilobytes', 1, 65_536) },
    settledBy: { value: 'takers' },
    mostInFlow: { value: 50, validate: wholeNumber('event-receive.label.mostInFlow', 1, 10_000) },
    leaseSeconds: { value: 120, validate: wholeNumber('event-receive.label.leaseSeconds', 10, 86_400) },
    maxAttempts: { value: 5, validate: wholeNumber('event-receive.label.maxAttempts', 1, 1000) },
  },
  credentials: { user: { type: 'text' }, password: { type: 'password' } },
  inputs: 0,
  outputs: 2,
  outputLabels(index) {
    return this._(index === 0 ? 'event-receive.output.events' : 'event-receive.output.exceptions');
  },
  icon: 'event-receive.svg',
  paletteLabel: 'event receive',
  label() {
    return String(this.name || this.topics || 'event receive');
  },
  labelStyle() {
    return this.name ? 'node_label_italic' : '';
  },
  oneditprepare() {
    openFaults();
  },
});
