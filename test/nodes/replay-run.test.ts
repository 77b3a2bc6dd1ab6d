import assert from 'node:assert/strict';
import type { Node } from 'node-red';
import { placeOf, recordsOf } from '../../lib/node/batch.ts';
import { onInput } from '../../lib/node/input.ts';
import { type OdooClient, openOdoo } from '../../lib/odoo/client.ts';
import { searchAll } from '../../lib/odoo/pages.ts';
import type { RunSummary } from '../../lib/store/summary.ts';
import forecastReceive from '../../nodes/forecast-receive/forecast-receive.ts';
import odooWrite from '../../nodes/odoo-write/odoo-write.ts';
import syncReplay from '../../nodes/sync-replay/sync-replay.ts';
import { odooServers, type TestServer } from '../support/servers.ts';
import { type NodeModule, nodeOf, startFlow, stopFlow, store, until, waitFor } from './flow.ts';

const MODEL = 'res.partner';

/** What the flow makes of a line: its mapping, which a test may change. */
let mapped = (record: Record<string, unknown>): object => record;

/** Counts the lines as validation would, and passes them on. */
const counting: NodeModule = (RED) =>
  RED.nodes.registerType('counting', function (this: Node, config) {
    RED.nodes.createNode(this, config);
    onInput(RED, this, async (message, send) => {
      const { lease, index } = placeOf(message);
      assert.ok(lease);
      const { runs } = await store();
      const counted = { lines: recordsOf(message).length, quantity: '0' };
      for (const stage of ['validated', 'accepted'] as const) await runs.total(lease, stage, String(index), counted);
      send({ ...message, payload: recordsOf(message).map((record) => mapped({ ...record })) });
    });
  });

for (const target of odooServers()) {
  describe(`replaying a run in a flow on ${target.name}`, function () {
    this.timeout(60_000);
    const stamp = `replay-${process.pid}-${Date.now()}`;
    let server: TestServer;
    let odoo: OdooClient;
    let asked: number;
    let sent: number;
    before(async () => {
      server = await target.start();
      odoo = openOdoo({ url: server.url, database: server.database, login: server.login, password: server.password });
    });
    after(async () => {
      await odoo?.close();
      await target.stop();
    });
    beforeEach(async () => {
      asked = 0;
      sent = 0;
      mapped = (record) => record;
      await startFlow(
        [forecastReceive, odooWrite, syncReplay, counting] as NodeModule[],
        [
          { id: 'receive', type: 'forecast-receive', store: 'store', wires: [['receipt'], ['count']] },
          { id: 'receipt', type: 'helper' },
          { id: 'count', type: 'counting', wires: [['write']] },
          {
            id: 'write',
            type: 'odoo-write',
            server: 'odoo',
            store: 'store',
            operation: 'upsert',
            model: MODEL,
            keys: 'ref',
            wires: [['applied'], []],
          },
          { id: 'applied', type: 'helper' },
          { id: 'replay', type: 'sync-replay', store: 'store', action: 'replay-run', wires: [['answer']] },
          { id: 'answer', type: 'helper' },
        ],
        { odoo: server },
      );
    });
    afterEach(async () => {
      await stopFlow();
      const ids = (await partners()).map(({ id }) => id);
      if (ids.length > 0) await odoo.call({ model: MODEL, method: 'unlink', ids });
    });

    const partners = () =>
      searchAll(odoo, {
        model: MODEL,
        domain: [['ref', '=like', `${stamp}%`]],
        fields: ['ref', 'name', 'write_date'],
        order: 'id',
      });
    const named = (...names: readonly string[]) => names.map((name) => ({ ref: `${stamp}-${name}`, name }));
    const ended = async (run: string): Promise<RunSummary> => {
      const { runs } = await store();
      await until(async () => /^applied|^failed/.test((await runs.summary(run))?.state ?? ''));
      return (await runs.summary(run)) ?? assert.fail('no run');
    };
    /** Sends a run through the flow, and gives how it ended. */
    const apply = async (records: readonly object[]): Promise<RunSummary> => {
      nodeOf('receive').receive({ payload: records });
      const receipt = (await waitFor('receipt', ++sent))[sent - 1];
      return ended((receipt!.payload as RunSummary).run);
    };
    const ask = async (message: object) => {
      nodeOf('replay').receive(message);
      const answer = (await waitFor('answer', ++asked))[asked - 1];
      return { status: answer?.statusCode, payload: answer?.payload as RunSummary & { newer: string[]; error: string } };
    };

    it('changes nothing in Odoo where the run is applied already', async () => {
      const { run, applied } = await apply(named('a', 'b'));
      assert.equal(applied, 2);
      const before = await partners();
      const { status, payload } = await ask({ run });
      assert.deepEqual([status, payload.run, payload.state, payload.newer], [202, run, 'received', []]);
      const { state, received, accepted, applied: again, created, updated, unchanged, dead } = await ended(run);
      assert.deepEqual(
        { state, received, accepted, again, created, updated, unchanged, dead },
        { state: 'applied', received: 2, accepted: 2, again: 0, created: 0, updated: 0, unchanged: 2, dead: 0 },
      );
      assert.deepEqual(await partners(), before);
    });

    it('applies what Odoo refused, once its cause is mended there', async () => {
      const values = { ref: `${stamp}-twice`, name: 'Twice' };
      const twins = (await odoo.call({ model: MODEL, method: 'create', args: { vals_list: [values, values] } })) as number[];
      const first = await apply(named('fine', 'twice'));
      assert.deepEqual([first.state, first.applied, first.dead], ['applied-with-exceptions', 1, 1]);
      await odoo.call({ model: MODEL, method: 'unlink', ids: twins.slice(1) });
      assert.equal((await ask({ action: 'replay-run', run: first.run })).status, 202);
      const { state, applied, updated, unchanged, dead } = await ended(first.run);
      assert.deepEqual([state, applied, updated, unchanged, dead], ['applied', 1, 1, 1, 0]);
      const names = (await partners()).map(({ name }) => name);
      assert.deepEqual(names.sort(), ['fine', 'twice']);
      assert.deepEqual((await ask({ action: 'list', filter: { run: first.run } })).payload, []);
    });

    it('maps the lines of letters as the flow maps today, where that is asked for', async () => {
      const wrong = { ref: `${stamp}-wrong`, name: 'Wrong', country_id: 99_999_999 };
      const { run } = await apply([...named('right'), wrong]);
      const replayed = { action: 'replay', filter: { run }, mapping: 'today' };
      mapped = ({ country_id: _, ...record }) => record;
      const { status, payload } = await ask(replayed);
      const { runs, mapping } = payload as unknown as { runs: RunSummary[]; mapping: string };
      assert.deepEqual([status, mapping, runs.map((one) => one.run)], [202, 'today', [run]]);
      const { applied, unchanged, dead } = await ended(run);
      assert.deepEqual([applied, unchanged, dead], [1, 1, 0]);
      assert.deepEqual((await ask({ action: 'list' })).payload, []);
    });

    it('does a letter as it was mapped then unless it is asked otherwise, and says where today’s mapping cannot be had', async () => {
      const wrong = { ref: `${stamp}-then`, name: 'Then', country_id: 99_999_999 };
      const { run } = await apply([wrong]);
      mapped = ({ country_id: _, ...record }) => record;
      const answer = await ask({ action: 'replay', filter: { run } });
      assert.deepEqual([answer.status, (answer.payload as unknown as { replayed: number }).replayed], [200, 1]);
      assert.equal((await ended(run)).dead, 1);
      nodeOf('write').receive({ payload: [wrong] });
      await waitFor('applied', 3);
      const letters = (await ask({ action: 'list' })).payload as unknown as { id: string; run?: string }[];
      const ofNoRun = letters.find((letter) => letter.run === undefined);
      const today = (query: object, payload: unknown = {}) =>
        ask({ req: { params: { id: ofNoRun?.id }, query }, action: 'replay', payload });
      for (const { status, payload } of [await today({ mapping: 'today' }), await today({}, { mapping: 'today' })])
        assert.deepEqual([status, /came of no run/.test(payload.error)], [409, true]);
      assert.equal((await today({ mapping: 'yesterday' })).status, 400);
      assert.equal((await today({ mapping: 'today' }, { ref: 'edited' })).status, 400);
      assert.equal(((await ask({ action: 'list' })).payload as unknown as object[]).length, 2);
    });

    it('does what the person asked for: an old run goes over a newer one, which is named', async () => {
      const ref = `${stamp}-contested`;
      const old = await apply([{ ref, name: 'Old' }]);
      const newer = await apply([{ ref, name: 'New' }]);
      const { payload } = await ask({ req: { params: { run: old.run }, query: {}, user: { username: 'anna' } }, payload: {} });
      assert.deepEqual(payload.newer, [newer.run]);
      assert.equal((await ended(old.run)).updated, 1);
      assert.equal((await partners())[0]?.name, 'Old');
    });

    it('answers 404 for a run that there is not, 409 for one that is under way, and 400 where none is named', async () => {
      const missing = await ask({ run: 'nothing' });
      assert.deepEqual([missing.status, missing.payload.error], [404, 'There is no run nothing.']);
      const { runs } = await store();
      const waiting = { id: 'waiting', interface: 'forecast-import', source: 'test' };
      await runs.begin(waiting);
      await runs.accept(waiting, { lines: 0, contentHash: 'abc', queue: 'of nobody', maxAttempts: 1 });
      const underWay = await ask({ run: 'waiting' });
      assert.equal(underWay.status, 409);
      assert.match(underWay.payload.error, /waiting is under way \(received\)/);
      assert.equal((await ask({ req: { params: {}, query: {} }, payload: {} })).status, 400);
    });
  });
}
