import { ask } from '../editor/ask.ts';
import { matching, wholeNumber } from '../editor/validate.ts';

RED.nodes.registerType('odoo-server', {
  category: 'config',
  defaults: {
    name: { value: '' },
    url: { value: '', required: true, validate: matching('odoo-server.error.url', /^https?:\/\/.+/, true) },
    database: { value: '' },
    login: { value: '' },
    protocol: { value: 'auto' },
    environment: { value: 'development' },
    tls: { value: '', type: 'tls-config', required: false },
    timeout: { value: 130, validate: wholeNumber('odoo-server.error.seconds', 1, 3600) },
    connectTimeout: { value: 10, validate: wholeNumber('odoo-server.error.seconds', 1, 3600) },
    maxConcurrent: { value: 4, validate: wholeNumber('odoo-server.error.concurrent', 1, 64) },
    callsPerSecond: { value: 0, validate: wholeNumber('odoo-server.error.perSecond', 0, 1000) },
    maxAnswer: { value: 256, validate: wholeNumber('odoo-server.error.megabytes', 1, 4096) },
    timezone: { value: 'UTC', validate: matching('odoo-server.error.timezone', /^(UTC|[A-Z]\w+(\/[\w+-]+)+)$/) },
    passwordVariable: { value: 'ODOO_PASSWORD' },
    apiKeyVariable: { value: 'ODOO_API_KEY' },
  },
  credentials: { password: { type: 'password' }, apiKey: { type: 'password' } },
  label() {
    return String(this.name || this.url || this._('odoo-server.odoo'));
  },
  oneditprepare() {
    $('#planbridge-test').on('click', () => {
      const answer = $('#planbridge-test-answer').text(this._('odoo-server.test.testing'));
      const names = [
        'url',
        'database',
        'login',
        'protocol',
        'tls',
        'timeout',
        'connectTimeout',
        'maxConcurrent',
        'maxAnswer',
        'passwordVariable',
        'apiKeyVariable',
      ];
      const form: Record<string, unknown> = { id: this.id };
      for (const name of names) form[name] = $(`#node-config-input-${name}`).val();
      if (form.tls === '_ADD_') form.tls = '';
      form.credentials = { password: $('#node-config-input-password').val(), apiKey: $('#node-config-input-apiKey').val() };
      ask<{ protocol: string; models: number }>('planbridge/odoo-server/test', form).then(
        (found) => answer.text(this._('odoo-server.test.works', found)),
        (error: Error) => answer.text(error.message),
      );
    });
  },
});
