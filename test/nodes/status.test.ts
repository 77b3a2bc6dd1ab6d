import assert from 'node:assert/strict';
import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { CanonicalError } from '../../lib/canonical/errors.ts';
import { BrokerError } from '../../lib/events/errors.ts';
import { ForecastError } from '../../lib/forecast/errors.ts';
import { MappingError } from '../../lib/mapping/errors.ts';
import { MessageError, SettingsError } from '../../lib/node/errors.ts';
import { failureKey } from '../../lib/node/status.ts';
import { ODOO_ERROR_CODES, OdooError } from '../../lib/odoo/errors.ts';
import { StoreError } from '../../lib/store/errors.ts';

const LOCALES = join(import.meta.dirname, '..', '..', 'locales');
const textAt = (texts: unknown, key: string): unknown =>
  key.split('.').reduce<unknown>((level, part) => (level as Record<string, unknown> | undefined)?.[part], texts);

const FAILURES: readonly Error[] = [
  ...ODOO_ERROR_CODES.map((code) => new OdooError(code, 'x')),
  ...(['busy', 'newer', 'stale-lease', 'unavailable', 'full', 'settings'] as const).map((code) => new StoreError(code, 'x')),
  ...(['unavailable', 'refused', 'tls', 'taken-over'] as const).map((code) => new BrokerError(code, 'x')),
  ...(['payload', 'sequence'] as const).map((code) => new MessageError(code, 'x')),
  new SettingsError('x'),
  new MappingError('x', []),
  new CanonicalError('zone', 'x'),
  new ForecastError('settings', 'x'),
  new TypeError('a fault of ours'),
  Object.assign(new Error('from elsewhere'), { name: 'constructor', code: 'x' }),
];

describe('the status of a failure', () => {
  for (const file of globSync('*/failure.json', { cwd: LOCALES })) {
    const texts: unknown = JSON.parse(readFileSync(join(LOCALES, file), 'utf8'));

    it(`is in words, under 20 characters, whatever failed (${file})`, () => {
      for (const error of FAILURES) {
        const text = textAt(texts, failureKey(error));
        assert.ok(
          typeof text === 'string' && text.length > 0 && text.length < 20,
          `${error.name}: ${failureKey(error)}: ${text}`,
        );
      }
    });

    it(`tells wrong credentials, no such host and what is not an Odoo apart (${file})`, () => {
      const words = (['access', 'unavailable', 'protocol'] as const).map((code) =>
        textAt(texts, failureKey(new OdooError(code, 'x'))),
      );
      assert.equal(new Set(words).size, 3);
    });
  }
});
