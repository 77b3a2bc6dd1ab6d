import { ask } from '../editor/ask.ts';
import { showBreaker } from '../editor/breaker.ts';
import { completeFrom } from '../editor/completion.ts';
import { needed, timeZone, wholeNumber } from '../editor/validate.ts';
import { openFaults } from '../editor/visibility.ts';
import '../editor/style.ts';

/** What the test sends of the form; the password and the key go with it. */
const TESTED = [
  'url',
  'database',
  'login',
  'protocol',
  'tls',
  'timeout',
  'limit',
  'connectTimeout',
  'maxConcurrent',
  'callsPerSecond',
  'maxAnswer',
  'passwordVariable',
  'apiKeyVariable',
];

RED.nodes.registerType('odoo-server', {
  category: 'config',
  defaults: {
    name: { value: '' },
    url: { value: '', validate: needed('odoo-server.label.url', 'editor.error.url', /^https?:\/\/[^\s/]+/) },
    database: { value: '' },
    login: { value: '' },
    protocol: { value: 'auto' },
    environment: { value: 'development' },
    tls: { value: '', type: 'tls-config', required: false },
    timeout: { value: 130, validate: wholeNumber('odoo-server.label.timeout', 1, 3600) },
    limit: { value: 120, validate: wholeNumber('odoo-server.label.limit', 1, 86_400) },
    connectTimeout: { value: 10, validate: wholeNumber('odoo-server.label.connectTimeout', 1, 3600) },
    maxConcurrent: { value: 4, validate: wholeNumber('odoo-server.label.maxConcurrent', 1, 64) },
    callsPerSecond: { value: 0, validate: wholeNumber('odoo-server.label.callsPerSecond', 0, 1000) },
    maxAnswer: { value: 256, validate: wholeNumber('odoo-server.label.maxAnswer', 1, 4096) },
    timezone: { value: 'UTC', validate: timeZone('odoo-server.label.timezone') },
    passwordVariable: { value: 'ODOO_PASSWORD' },
    apiKeyVariable: { value: 'ODOO_API_KEY' },
  },
  credentials: { password: { type: 'password' }, apiKey: { type: 'password' } },
  label() {
    return String(this.name || this.url || 'odoo-server');
  },
  oneditprepare() {
    completeFrom($('#node-config-input-timezone'), () =>
      Intl.supportedValuesOf('timeZone').map((zone) => ({ value: zone, text: '' })),
    );
    const button = $('#planbridge-test');
    button.on('click', () => {
      const answer = $('#planbridge-test-answer');
      const say = (words: string, look: string) => answer.attr('class', `planbridge-hint ${look}`).text(words);
      const form: Record<string, unknown> = { id: this.id };
      for (const name of TESTED) form[name] = $(`#node-config-input-${name}`).val();
      if (form.tls === '_ADD_') form.tls = '';
      form.credentials = { password: $('#node-config-input-password').val(), apiKey: $('#node-config-input-apiKey').val() };
      say(this._('odoo-server.test.testing'), 'planbridge-quiet');
      button.prop('disabled', true);
      ask<{ protocol: string; models: number }>('planbridge/odoo-server/test', form)
        .then(
          (found) => say(this._('odoo-server.test.works', found), 'planbridge-good'),
          (error: Error) => say(error.message, 'planbridge-bad'),
        )
        .finally(() => button.prop('disabled', false));
    });
    // A server that was only just added has none yet.
    if (RED.nodes.node(this.id)) showBreaker($('#planbridge-breaker'), this);
    openFaults();
  },
});
