/** An instance is killed while it has a run or an event in its flow; another one on the same store takes it up. */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { acceptEvent } from '../../lib/events/emission.ts';
import { acceptRun } from '../../lib/intake/accept.ts';
import { openStore, type Store } from '../../lib/store/open.ts';
import { mustHave } from '../support/required.ts';
import { type Instance, type Sent, startInstance } from './instance.ts';

const postgres = process.env.TEST_POSTGRES_URL;
const LEASE_SECONDS = 3;

(mustHave('postgres', postgres) ? describe : describe.skip)('an instance that is killed', function () {
  this.timeout(60_000);
  const name = `planbridge_hand_over_${process.pid}_${Date.now()}`;
  const url = Object.assign(new URL(postgres ?? 'postgres://localhost'), { pathname: `/${name}` }).href;
  let admin: pg.Client;
  let store: Store;
  let other: Instance | undefined;
  let killed: ReturnType<typeof startProcess> | undefined;
  before(async () => {
    admin = new pg.Client(postgres);
    await admin.connect();
    await admin.query(`create database ${name}`);
    store = await openStore({ url });
  });
  afterEach(async () => {
    await killed?.kill();
    await other?.stop();
  });
  after(async () => {
    await store?.close();
    await admin.query(`drop database ${name} with (force)`);
    await admin.end();
  });

  /** A process of its own; `sent` answers once it has sent something. */
  const startProcess = (kind: 'run' | 'event') => {
    const module = (path: string) => JSON.stringify(import.meta.resolve(path));
    const program = `
      import { openStore } from ${module('../../lib/store/open.ts')};
      import { startInstance } from ${module('./instance.ts')};
      const store = await openStore({ url: ${JSON.stringify(url)} });
      startInstance(store, '${kind}', ${LEASE_SECONDS}, () => process.stdout.write('sent '));`;
    const child = spawn(process.execPath, ['--input-type=module', '-e', program], { stdio: ['ignore', 'pipe', 'inherit'] });
    const exited = once(child, 'exit');
    return {
      sent: once(child.stdout, 'data'),
      async kill() {
        child.kill('SIGKILL');
        await exited;
      },
    };
  };

  const accept = {
    run: () =>
      acceptRun(
        store,
        Array.from({ length: 2_500 }, (_, at) => ({ product: `P${at}` })),
        { interface: 'forecast-import', source: 'test', maxBytes: 1e6, queue: 'run', maxAttempts: 3 },
      ),
    event: () => {
      const event = { specversion: '1.0', id: '1', source: '/s', type: 't', data: {} } as const;
      return acceptEvent(store, { queue: 'event', maxAttempts: 3 }, { topic: 't', payload: Buffer.from('{}') }, { event });
    },
  };

  for (const kind of ['run', 'event'] as const)
    it(`leaves its ${kind} to another one within the lease and 5 seconds, whole and under a new token`, async () => {
      killed = startProcess(kind);
      await accept[kind]();
      await killed.sent;
      const sent: Sent[] = [];
      other = startInstance(store, kind, LEASE_SECONDS, (message) => void sent.push(message));
      // Longer than a lease: it is kept for as long as the first one is at work.
      await sleep((LEASE_SECONDS + 1) * 1_000);
      assert.deepEqual(sent, [], 'both had it at a time');
      await killed.kill();
      const since = Date.now();
      const parts = kind === 'run' ? [0, 1, 2] : [0];
      while (sent.length < parts.length && Date.now() - since < (LEASE_SECONDS + 5) * 1_000) await sleep(20);
      assert.deepEqual(
        sent.map(({ index, token }) => [index, token]),
        parts.map((index) => [index, 2]),
        'it was not taken up in time, or not whole',
      );
      assert.deepEqual(other.troubles, []);
    });
});
