/** Reads that every instance on one store is set off for at the same time, by an inject node. */
import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { openStore, type Store } from '../../lib/store/open.ts';
import odooRead from '../../nodes/odoo-read/odoo-read.ts';
import { startSandbox } from '../../sandbox/odoo/server.ts';
import { mustHave } from '../support/required.ts';
import type { TestServer } from '../support/servers.ts';
import { type NodeModule, nodeOf, sentTo, startFlow, stopFlow, until, waitFor } from './flow.ts';

const postgres = process.env.TEST_POSTGRES_URL;
const TURN = 'odoo-read:read';

(mustHave('postgres', postgres) ? describe : describe.skip)('timed reads of several instances', function () {
  this.timeout(30_000);
  const name = `planbridge_timed_${process.pid}_${Date.now()}`;
  const storeUrl = Object.assign(new URL(postgres ?? 'postgres://localhost'), { pathname: `/${name}` }).href;
  let admin: pg.Client;
  let sandbox: Awaited<ReturnType<typeof startSandbox>>;
  /** The store as another instance has it open. */
  let other: Store;
  before(async () => {
    admin = new pg.Client(postgres);
    await admin.connect();
    await admin.query(`create database ${name}`);
    sandbox = await startSandbox();
    other = await openStore({ url: storeUrl });
  });
  after(async () => {
    await other?.close();
    await sandbox?.close();
    await admin.query(`drop database ${name} with (force)`);
    await admin.end();
  });
  beforeEach(async () => {
    const client = new pg.Client(storeUrl);
    await client.connect();
    await client.query('delete from turns');
    await client.end();
  });
  afterEach(() => stopFlow());

  const start = async (more: object = {}) => {
    const read = {
      id: 'read',
      type: 'odoo-read',
      server: 'odoo',
      operation: 'count',
      model: 'product.product',
      wires: [['seen']],
    };
    const odoo: TestServer = { ...sandbox, name: 'sandbox', apiKey: undefined };
    await startFlow(
      [odooRead] as unknown as NodeModule[],
      [
        { ...read, ...more },
        { id: 'seen', type: 'helper' },
      ],
      { odoo, storeUrl },
    );
    const statuses: string[] = [];
    const node = nodeOf('read');
    node.status = (status) => void statuses.push(typeof status === 'object' ? (status.text ?? '') : String(status));
    return statuses;
  };
  const inject = (more: object = {}) => nodeOf('read').receive({ payload: '', ...more });
  const elsewhere = (statuses: readonly string[]) => statuses.some((text) => text.includes('elsewhere'));

  it('are of one instance, which goes on to read', async () => {
    await start({ store: 'store' });
    inject();
    await waitFor('seen');
    assert.equal(await other.turns.take(TURN, 60, 'other:1'), false, 'the other one would read as well');
    inject();
    await waitFor('seen', 2);
  });

  it('are left to the one that has the turn, and say so', async () => {
    const statuses = await start({ store: 'store' });
    assert.equal(await other.turns.take(TURN, 60, 'other:1'), true);
    inject();
    await until(() => elsewhere(statuses));
    await sleep(100);
    assert.equal(sentTo('seen').length, 0);
  });

  it('are taken over when the other one reads no more', async () => {
    const statuses = await start({ store: 'store' });
    await other.turns.take(TURN, 2, 'other:1');
    inject();
    await until(() => elsewhere(statuses));
    await sleep(2_000);
    inject();
    await waitFor('seen');
  });

  it('leave what comes to this instance only where it is: a run, an event, a request', async () => {
    await start({ store: 'store' });
    await other.turns.take(TURN, 60, 'other:1');
    inject({ res: {} });
    inject({ sync: { lease: { store: 'store', job: 'x', token: 1 } } });
    await waitFor('seen', 2);
  });

  it('are of each instance where no store is chosen', async () => {
    await start();
    await other.turns.take(TURN, 60, 'other:1');
    inject();
    await waitFor('seen');
  });
});
