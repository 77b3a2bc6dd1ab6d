/**
 * A durable upsert of 20,000 new, changed and unchanged records against a bare client that was handed its batches ready
 * made: it knows what is new and every id, and keeps nothing. Both in turn, round after round, on a plain model.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { doWriteJob } from '../lib/delivery/do-write-job.ts';
import { startWorker } from '../lib/delivery/worker.ts';
import type { WriteResult } from '../lib/delivery/write-settlement.ts';
import { openOdoo } from '../lib/odoo/client.ts';
import { openStore } from '../lib/store/open.ts';
import { type BareClient, bareClient } from './bare-client.ts';

const MODEL = 'res.bank';
const RECORDS = 20_000;
const BATCH = 1_000;
const ROUNDS = 3;

type Record_ = { readonly bic: string; readonly name: string };
type Work = 'new' | 'changed' | 'unchanged';
const WORKS: readonly Work[] = ['new', 'changed', 'unchanged'];

const records = (stamp: string, name: string): Record_[] =>
  Array.from({ length: RECORDS }, (_, at) => ({ bic: `${stamp}${at}`, name: `${name} ${at}` }));

function batches<T>(list: readonly T[]): T[][] {
  return Array.from({ length: Math.ceil(list.length / BATCH) }, (_, at) => list.slice(at * BATCH, (at + 1) * BATCH));
}

async function seconds(work: () => Promise<unknown>): Promise<number> {
  const since = performance.now();
  await work();
  return (performance.now() - since) / 1000;
}

const median = (list: readonly number[]) => [...list].sort((a, b) => a - b)[Math.floor(list.length / 2)] ?? Number.NaN;

/** What the bare client does for each kind of work, and how long it takes. */
async function bareRound(odoo: BareClient, stamp: string): Promise<Record<Work, number>> {
  const ids: number[] = [];
  const fresh = batches(records(stamp, 'Bank'));
  const changed = batches(records(stamp, 'Other bank'));
  const create = await seconds(async () => {
    for (const batch of fresh) ids.push(...((await odoo(MODEL, 'create', [batch])) as number[]));
  });
  const known = batches(ids);
  const update = await seconds(async () => {
    for (const [at, batch] of changed.entries())
      await odoo(MODEL, 'web_save_multi', [known[at], batch.map(({ name }) => ({ name }))], { specification: {} });
  });
  // The least that tells whether anything changed: what Odoo holds.
  const compare = await seconds(async () => {
    for (const batch of changed)
      await odoo(MODEL, 'search_read', [[['bic', 'in', batch.map(({ bic }) => bic)]]], { fields: ['bic', 'name'] });
  });
  for (const batch of known) await odoo(MODEL, 'unlink', [batch]);
  return { new: create, changed: update, unchanged: compare };
}

/** The same as jobs of the store, worked off by the worker that `odoo-write` uses. */
async function durableRound(odoo: BareClient, stamp: string): Promise<Record<Work, number>> {
  const folder = await mkdtemp(join(tmpdir(), 'planbridge-bench-'));
  const store = await openStore({ url: join(folder, 'store.sqlite') });
  const { ODOO_URL = '', ODOO_DB, ODOO_LOGIN, ODOO_PASSWORD, ODOO_API_KEY } = process.env;
  const client = openOdoo({ url: ODOO_URL, database: ODOO_DB, login: ODOO_LOGIN, password: ODOO_PASSWORD, apiKey: ODOO_API_KEY });
  let settled = (_: WriteResult) => {};
  let failed = (_: Error) => {};
  const worker = startWorker<WriteResult>({
    store,
    queue: 'bench',
    owner: 'bench',
    handle: (claimed, hold) => doWriteJob(store, client, claimed, hold, 'bench'),
    onSettled: (_, result) => settled(result),
    onFailed: (_, error) => failed(error),
  });
  const upsert = (key: string, list: readonly Record_[], outcome: string) =>
    seconds(async () => {
      const done = new Promise<WriteResult>((resolve, reject) => {
        settled = resolve;
        failed = reject;
      });
      const payload = { operation: 'upsert', model: MODEL, keys: ['bic'], records: list };
      await store.jobs.add([{ queue: 'bench', kind: 'odoo-write', key, payload, maxAttempts: 1 }]);
      worker.nudge();
      const { outcomes } = await done;
      const right = outcomes.filter((one) => one.outcome === outcome).length;
      if (right !== RECORDS) throw new Error(`${right} of ${RECORDS} records are ${outcome}`);
    });
  try {
    const fresh = records(stamp, 'Bank');
    const changed = records(stamp, 'Other bank');
    return {
      new: await upsert(`${stamp}new`, fresh, 'created'),
      changed: await upsert(`${stamp}changed`, changed, 'updated'),
      unchanged: await upsert(`${stamp}unchanged`, changed, 'unchanged'),
    };
  } finally {
    await worker.stop();
    await client.close();
    await store.close();
    await rm(folder, { recursive: true });
    for (;;) {
      const ids = (await odoo(MODEL, 'search', [[['bic', 'like', stamp]]], { limit: BATCH })) as number[];
      if (ids.length === 0) break;
      await odoo(MODEL, 'unlink', [ids]);
    }
  }
}

/** Prints records a second of each, and their ratio: 1 is as fast as the bare client. */
export async function benchDurableUpsert(): Promise<void> {
  const odoo = await bareClient();
  const taken = { bare: [] as Record<Work, number>[], durable: [] as Record<Work, number>[] };
  for (let round = 0; round < ROUNDS; round++) {
    taken.bare.push(await bareRound(odoo, `B${Date.now()}X`));
    taken.durable.push(await durableRound(odoo, `D${Date.now()}X`));
  }
  console.log(`Durable upsert of ${RECORDS} ${MODEL}, medians of ${ROUNDS} rounds (records a second):`);
  for (const work of WORKS) {
    const bare = RECORDS / median(taken.bare.map((round) => round[work]));
    const durable = RECORDS / median(taken.durable.map((round) => round[work]));
    const text = `bare ${Math.round(bare)}, durable ${Math.round(durable)}, ratio ${(durable / bare).toFixed(2)}`;
    console.log(`  ${work.padEnd(10)} ${text}`);
  }
}
