/** Two Node-RED instances share the work of one PostgreSQL store; one of them is frozen for longer than its leases. */
import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { mosquittoPath, startMosquitto } from '../support/mosquitto.ts';
import { mustHave } from '../support/required.ts';
import { openBridge } from './support/bridge.ts';
import { chanceOf } from './support/chance.ts';
import { countOf } from './support/counts.ts';
import { startLoad } from './support/load.ts';
import { openPlant } from './support/plant.ts';
import { reckon } from './support/reckoning.ts';
import { lookInto } from './support/store-look.ts';
import { newest, sandbox } from './support/targets.ts';

const target = newest ?? sandbox;
const postgres = process.env.TEST_POSTGRES_URL;
const canRun = mustHave('mosquitto', mosquittoPath()) && mustHave('postgres', postgres);

/** The lease of a run or event in the flow, in seconds: here as long as that of writing, so that no more need be waited for. */
const LEASE = 60;

(canRun ? describe : describe.skip)(`two instances on one PostgreSQL store: ${target.name}`, function () {
  this.timeout(0);
  const seed = countOf('seed');

  it(`go on when one is frozen past its leases, and double nothing when it thaws (seed ${seed})`, async () => {
    const name = `planbridge_faults_${process.pid}`;
    const admin = new pg.Client(postgres);
    await admin.connect();
    await admin.query(`create database ${name}`);
    const store = Object.assign(new URL(postgres ?? ''), { pathname: `/${name}` }).href;
    const broker = await startMosquitto();
    const plant = await openPlant(target);
    const shared = { server: plant.server, broker: broker.url, store, group: 'planbridge', lease: LEASE };
    const first = await openBridge({ ...shared, clientId: 'planbridge-1' });
    const second = await openBridge({ ...shared, clientId: 'planbridge-2' });
    try {
      await (await first.start()).ready;
      await (await second.start()).ready;
      let frozen = false;
      const chance = chanceOf(seed);
      const load = await startLoad({
        chance: chanceOf(seed + 1),
        plant,
        broker: broker.url,
        address: () => (frozen || chance.percent(50) ? second.address() : first.address()),
        forecastEvery: 1_000,
        eventEvery: 100,
      });
      await sleep(5_000);
      frozen = true;
      first.signal('SIGSTOP');
      const begun = Date.now();
      const before = await appliedBy(store);
      // What the frozen one had in hand is the other one's after its lease and 5 s at most.
      await sleep((LEASE + 5) * 1_000);
      const while_ = (await appliedBy(store)) - before;
      const stuck = await abandoned(store, begun);
      first.signal('SIGCONT');
      await sleep(5_000);
      frozen = false;
      await sleep(3_000);
      await load.stop();
      await second.drained(300);
      const { figures, faults } = await reckon(load.ledger, plant, store);
      console.log(`      seed ${seed}:`, { ...figures, 'jobs done while one was frozen': while_ });
      assert.ok(while_ > 0, 'nothing went on while one was frozen');
      assert.deepEqual(stuck, [], 'what the frozen one had in hand was not taken over');
      assert.deepEqual(faults, []);
    } finally {
      first.signal('SIGCONT');
      await Promise.all([first.close(), second.close()]);
      await plant.close();
      await broker.close();
      await admin.query(`drop database ${name} with (force)`);
      await admin.end();
    }
  });
});

async function appliedBy(store: string): Promise<number> {
  const look = await lookInto(store);
  try {
    return (await look.jobs()).reduce((all, { state, count }) => all + (state === 'done' ? count : 0), 0);
  } finally {
    await look.close();
  }
}

/** Jobs that were claimed before a moment and are in hand still. */
async function abandoned(store: string, before: number): Promise<unknown[]> {
  const client = new pg.Client(store);
  await client.connect();
  try {
    return (await client.query(`select queue, key from jobs where state = 'running' and updated_at < $1`, [before])).rows;
  } finally {
    await client.end();
  }
}
