import assert from 'node:assert/strict';
import { masterData } from '../../lib/forecast/master-data.ts';
import { openRun } from '../../lib/forecast/run.ts';
import { validateLines } from '../../lib/forecast/validation.ts';
import { openOdoo } from '../../lib/odoo/client.ts';
import { startSandbox } from '../../sandbox/odoo/server.ts';
import { sampleForecast } from '../../sandbox/sample-forecast.ts';

/** Days at which weeks, months and years turn. */
const DAYS = ['2026-11-23', '2026-12-31', '2027-01-01', '2027-02-28'].map((day) => new Date(`${day}T12:00:00Z`));

const HELD = [
  'AMBIGUOUS_PRODUCT',
  'ARCHIVED_PRODUCT',
  'DUPLICATE_LINE',
  'NO_SUPPLY_SOURCE',
  'OUTSIDE_HORIZON',
  'UNIT_MISMATCH',
  'UNKNOWN_LOCATION',
  'UNKNOWN_PRODUCT',
  'UNKNOWN_UNIT',
];

function rowsOf(csv: string): Record<string, unknown>[] {
  const [header = '', ...lines] = csv.trimEnd().split('\n');
  const names = header.split(',');
  return lines.map((line, index) => ({
    ...Object.fromEntries(line.split(',').map((cell, at) => [names[at], cell])),
    $line: index + 2,
  }));
}

for (const version of [19, 14] as const)
  describe(`the sample forecast on the stand-in as Odoo ${version}`, () => {
    it('has a line for every outcome', async () => {
      const sandbox = await startSandbox({ version });
      const { url, database, login, password, apiKey } = sandbox;
      const client = openOdoo({ url, database, login, password, ...(version === 19 ? { apiKey } : {}) });
      try {
        for (const today of DAYS) {
          const rows = rowsOf(sampleForecast(today));
          const run = openRun({ zone: 'UTC', today: today.toISOString().slice(0, 10) });
          const master = await masterData(client).load(rows, run.today);
          const { accepted, refusals, totals } = validateLines(rows, run, master);
          const reasons = (...names: string[]) =>
            [...new Set(refusals.map((refusal) => String(refusal.reason)))].filter((reason) => names.includes(reason)).sort();
          assert.deepEqual(reasons(...HELD), HELD, `on ${run.today}`);
          assert.deepEqual(reasons('MALFORMED', 'NEGATIVE_QUANTITY'), ['MALFORMED', 'NEGATIVE_QUANTITY']);
          assert.deepEqual([totals.held.lines, totals.rejected.lines, accepted.length], [10, 3, 20]);
        }
      } finally {
        await client.close();
        await sandbox.close();
      }
    });
  });
