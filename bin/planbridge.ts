#!/usr/bin/env node
/** `planbridge audit verify [store]`: checks the audit of a store. Ends with 0 when it holds, 1 when it does not, 2 for a wrong call. */
import { join } from 'node:path';
import { verifyAudit } from '../lib/store/verify-audit.ts';

const USAGE = `planbridge audit verify [store]

  store  a SQLite file or a postgres:// address;
         else PLANBRIDGE_STORE, or planbridge.sqlite in PLANBRIDGE_HOME (.planbridge)`;

const [area, action, given, ...rest] = process.argv.slice(2);
if (area !== 'audit' || action !== 'verify' || rest.length > 0) {
  console.error(USAGE);
  process.exitCode = 2;
} else {
  const { PLANBRIDGE_STORE, PLANBRIDGE_HOME = '.planbridge' } = process.env;
  const store = given || PLANBRIDGE_STORE || join(PLANBRIDGE_HOME, 'planbridge.sqlite');
  try {
    const { entries, head, faults } = await verifyAudit(store);
    for (const { what } of faults) console.error(what);
    console.log(`${entries} entries, ${faults.length} faults.`);
    if (head) console.log(`The last is ${head.seq}, ${head.hash}.`);
    process.exitCode = faults.length > 0 ? 1 : 0;
  } catch (error) {
    console.error((error as Error).message);
    process.exitCode = 2;
  }
}
