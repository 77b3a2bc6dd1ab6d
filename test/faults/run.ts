/** `npm run test:faults`: the fault tests, with their counts by argument; without any, the short form of a few minutes. */
import { spawnSync } from 'node:child_process';
import { globSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { COUNTS, variableOf } from './support/counts.ts';

const HELP = `npm run test:faults -- [options] [file…]

  --kills N         Node-RED processes killed, on the sandbox
  --real-kills N    the same on each real Odoo of TEST_ODOO_SERVERS
  --writes N        writes of which 5 % of the answers are cut, on each Odoo
  --seconds N       seconds for which Odoo is in each kind of trouble
  --store-kills N   times that the PostgreSQL server of the store is killed
  --decisions N     versions approved, and every other one rolled back
  --restarts N      restarts of the broker
  --deployments N   deployments of each kind
  --payloads N      messages, and files, of any bytes
  --seed N          makes the same choices again
  --only TEXT       tests with this in their name

The figures of docs/reliability.md: --kills 500 --real-kills 20 --writes 2000 --restarts 20 --store-kills 20 --deployments 15 --payloads 2000`;

const options = Object.fromEntries(Object.keys(COUNTS).map((name) => [name, { type: 'string' as const }]));
const { values, positionals } = parseArgs({
  options: { ...options, only: { type: 'string' }, help: { type: 'boolean' } },
  allowPositionals: true,
});
if (values.help) {
  console.log(HELP);
  process.exit(0);
}
const given = Object.entries(values).flatMap(([name, value]) =>
  name in COUNTS && typeof value === 'string' ? [[variableOf(name), value] as const] : [],
);
const files = positionals.length > 0 ? positionals : globSync('*.faults.ts', { cwd: import.meta.dirname }).sort();
const { status } = spawnSync(
  process.execPath,
  [
    createRequire(import.meta.url).resolve('mocha/bin/mocha.js'),
    '--exit',
    '--reporter',
    'spec',
    ...(values.only ? ['--fgrep', String(values.only)] : []),
    ...files.map((file) => join(import.meta.dirname, file)),
  ],
  // One seed for all tests of a run, told by each that fails.
  { stdio: 'inherit', env: { FAULTS_SEED: String(Date.now() % 1_000_000), ...process.env, ...Object.fromEntries(given) } },
);
process.exit(status ?? 1);
