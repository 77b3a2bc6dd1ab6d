import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import type { Reason } from '../../lib/exceptions/catalogue.ts';
import { route } from '../../lib/exceptions/routing.ts';
import { openStore, type Store } from '../../lib/store/open.ts';
import { releasedVersion } from '../support/released-version.ts';
import { mustHave } from '../support/required.ts';

const url = process.env.TEST_POSTGRES_URL;
const ANN = { who: 'ann', comment: 'done' };

const held = (product: string, line: number, reason: Reason = 'NO_SUPPLY_SOURCE') => {
  const refusal = {
    ...{ reason, line, product, stage: 'validation' as const, quantity: '1' },
    message: `${product} is neither made nor bought.`,
    record: { product, $line: line },
  };
  return { ...refusal, ...route(refusal) };
};

(mustHave('postgres', url) ? describe : describe.skip)('lines that come while their exception ends, on PostgreSQL', function () {
  this.timeout(30_000);
  const name = `planbridge_desk_${process.pid}_${Date.now()}`;
  const address = Object.assign(new URL(url ?? 'postgres://localhost'), { pathname: `/${name}` }).href;
  let admin: pg.Client;
  let client: pg.Client;
  let store: Store;
  before(async () => {
    admin = new pg.Client(url);
    await admin.connect();
    await admin.query(`create database ${name}`);
    client = new pg.Client(address);
    await client.connect();
    store = await openStore({ url: address });
  });
  after(async () => {
    await store.close();
    await client.end();
    await admin.query(`drop database ${name} with (force)`);
    await admin.end();
  });

  const causeOf = async (product: string) => {
    const found = (await store.desk.list({}, 500)).find(({ products }) => products.includes(product));
    return found ?? assert.fail(`no exception of ${product}`);
  };
  const waiting = async (count: number) => {
    const query = "select from pg_stat_activity where wait_event_type = 'Lock' and datname = $1";
    while ((await admin.query(query, [name])).rowCount !== count) await sleep(10);
  };
  /** Has a line come, and `act` done, at a moment when the line has its exception and is not committed. */
  const comesDuring = async (product: string, act: () => Promise<unknown>) => {
    await client.query('begin');
    // That of the audit, which comes last.
    await client.query('select pg_advisory_xact_lock(727001)');
    const adding = store.exceptions.add([held(product, 99)], undefined);
    await waiting(1);
    const acting = act();
    await waiting(2);
    await client.query('rollback');
    await Promise.all([adding, acting]);
  };
  const everyLineIsOnTheDesk = async () => {
    const { rows } = await client.query(
      `select product from exceptions left join causes on causes.id = cause
       where exceptions.state = 'open' and (causes.id is null or causes.state in ('resolved', 'expired'))`,
    );
    assert.deepEqual(rows, []);
  };

  it('gives a line an exception where the one that was there is resolved meanwhile', async () => {
    await store.exceptions.add([held('A', 2), held('B', 3)], undefined);
    await client.query('begin');
    await client.query("update causes set state = 'resolved' where fingerprint like '%B%'");
    const adding = store.exceptions.add([held('A', 4), held('B', 5)], undefined);
    await waiting(1);
    const resolving = store.desk.resolve((await causeOf('A')).id, ANN);
    await Promise.race([resolving, waiting(2)]);
    await client.query('rollback');
    await Promise.all([adding, resolving]);
    assert.equal((await causeOf('B')).lines, 2);
    await everyLineIsOnTheDesk();
  });

  it('does not end for want of lines an exception that one comes to meanwhile', async () => {
    await store.exceptions.add([held('C', 2)], undefined);
    await client.query("update exceptions set state = 'resolved' where product = 'C'");
    await comesDuring('C', () => store.desk.tend());
    assert.equal((await causeOf('C')).lines, 1);
    await everyLineIsOnTheDesk();
  });

  it('does not resolve with a run’s lines, given again, an exception that another one’s comes to meanwhile', async () => {
    const version = await releasedVersion(store, 'given', []);
    const run = (await store.versions.show(version))?.run ?? '';
    await store.exceptions.add([held('D', 2)], run);
    await comesDuring('D', () => store.runs.redrive(run, { who: 'ann', why: 'D has a supplier' }));
    assert.equal((await causeOf('D')).lines, 1);
    await everyLineIsOnTheDesk();
  });

  it('does not resolve it with a run that is given again whole, either', async () => {
    const version = await releasedVersion(store, 'whole', []);
    const run = (await store.versions.show(version))?.run ?? '';
    await client.query('update runs set version = null where id = $1', [run]);
    await store.exceptions.add([held('E', 2)], run);
    const { fingerprint } = await causeOf('E');
    await comesDuring('E', () => store.runs.redrive(run, { who: 'ann', why: 'E has a supplier', fingerprints: [fingerprint] }));
    assert.equal((await causeOf('E')).lines, 2);
    await everyLineIsOnTheDesk();
  });

  for (const whole of [false, true])
    it(`does not wait in a circle with lines that a person has given again${whole ? ', their run whole' : ''}`, async () => {
      const product = whole ? 'G' : 'F';
      const run = (await store.versions.show(await releasedVersion(store, `circle-${product}`, [])))?.run ?? '';
      if (whole) await client.query('update runs set version = null where id = $1', [run]);
      const line = (at: number) => held(product, at, 'DEVIATION_EXCEEDED');
      await store.exceptions.add([line(2)], run);
      const { fingerprint } = await causeOf(product);
      await client.query('begin');
      await client.query('select pg_advisory_xact_lock(727001)');
      const confirmed = { who: 'ann', why: 'sales say so', confirms: true, fingerprints: [fingerprint] };
      const giving = store.runs.redrive(run, confirmed);
      await waiting(1);
      const adding = store.exceptions.add([line(99)], undefined);
      await waiting(2);
      await client.query('rollback');
      const [given] = await Promise.all([giving, adding]);
      assert.deepEqual(given, whole ? { replayed: true } : { lines: 1 });
      assert.equal((await causeOf(product)).lines, 1);
    });
});
