import assert from 'node:assert/strict';
import type { SyncStoreNode } from '../../lib/node/types.ts';
import { openOdoo } from '../../lib/odoo/client.ts';
import { searchAll } from '../../lib/odoo/pages.ts';
import odooWrite from '../../nodes/odoo-write/odoo-write.ts';
import syncReplay from '../../nodes/sync-replay/sync-replay.ts';
import { type OdooProxy, openProxy } from '../support/odoo-proxy.ts';
import { odooServers, type TestServer } from '../support/servers.ts';
import { type NodeModule, nodeOf, startFlow, stopFlow, store, until, waitFor } from './flow.ts';

const MODULES = [odooWrite, syncReplay] as unknown as NodeModule[];
const NOWHERE = 99_999_999;
const callsOf = ({ calls }: OdooProxy) => [...calls.values()].reduce((all, count) => all + count, 0);

for (const target of odooServers()) {
  describe(`dead letters in a flow on ${target.name}`, function () {
    this.timeout(60_000);
    let server: TestServer;
    const stamp = `dead-${process.pid}-${Date.now()}`;
    let proxy: OdooProxy;
    before(async () => {
      server = await target.start();
      proxy = await openProxy(server.url);
    });
    after(async () => {
      proxy.close();
      await target.stop();
    });
    let answers = 0;
    beforeEach(async () => {
      answers = 0;
      await startFlow(
        MODULES,
        [
          {
            id: 'write',
            type: 'odoo-write',
            server: 'odoo',
            store: 'store',
            operation: 'upsert',
            model: 'res.partner',
            keys: 'ref',
            wires: [['applied'], []],
          },
          { id: 'letters', type: 'sync-replay', store: 'store', action: 'list', wires: [['answer']] },
          { id: 'applied', type: 'helper' },
          { id: 'answer', type: 'helper' },
        ],
        { odoo: { ...server, url: proxy.url } },
      );
    });
    afterEach(() => stopFlow());

    const held = async (ref: string) => {
      const { url, database, login, password } = server;
      const odoo = openOdoo({ url, database, login, password });
      const found = await searchAll(odoo, { model: 'res.partner', domain: [['ref', '=', ref]], fields: ['name', 'street'] });
      await odoo.close();
      return found;
    };
    const ask = async (message: object) => {
      nodeOf('letters').receive(message);
      return (await waitFor('answer', ++answers))[answers - 1]!;
    };
    type Letter = { id: string; error: string; payload: { records: { ref: string }[] } };

    it('applies 999 of a thousand records, and makes the one that Odoo refuses a dead letter, to be edited and replayed', async () => {
      const records = (batch: string, bad?: number) =>
        Array.from({ length: 1_000 }, (_, at) => ({
          ref: `${batch}-${at}`,
          name: `P${at}`,
          ...(at === bad ? { country_id: NOWHERE } : {}),
        }));
      const calls = async (batch: number, payload: object[]) => {
        const before = callsOf(proxy);
        nodeOf('write').receive({ payload });
        await waitFor('applied', batch);
        return callsOf(proxy) - before;
      };
      // The first one also asks for the models and their fields.
      await calls(1, records(`${stamp}-first`));
      const good = await calls(2, records(`${stamp}-good`));
      const bad = await calls(3, records(stamp, 617));
      assert.ok(bad - good <= 2 * Math.log2(1_000) + 2, `${bad - good} calls more for one bad record in 1,000`);
      const [letter, ...others] = (await ask({})).payload as Letter[];
      assert.ok(letter);
      assert.deepEqual([others.length, letter.payload.records[0]?.ref], [0, `${stamp}-617`]);
      assert.notEqual(letter.error, '');
      assert.deepEqual(await held(`${stamp}-617`), []);

      const record = { ref: `${stamp}-617`, name: 'P617', street: 'Mended' };
      const replayed = await ask({
        req: { params: { id: letter.id }, query: {}, user: { username: 'anna' } },
        action: 'replay',
        payload: record,
      });
      assert.deepEqual([replayed.statusCode, (replayed.payload as { replayed: number }).replayed], [200, 1]);
      await until(async () => (await held(`${stamp}-617`)).length === 1);
      assert.equal((await held(`${stamp}-617`))[0]?.street, 'Mended');
      const again = await ask({ req: { params: { id: letter.id }, query: {} }, action: 'replay' });
      assert.equal(again.statusCode, 404);
    });

    it('replays none where the filter is not right: left out it would mean all', async () => {
      nodeOf('write').receive({ payload: [{ ref: `${stamp}-y`, name: 'Y', country_id: NOWHERE }] });
      await waitFor('applied');
      const req = { params: {}, query: { run: 'x', limit: 'many' } };
      assert.equal((await ask({ req, action: 'replay', payload: {} })).statusCode, 400);
      assert.equal(((await ask({})).payload as Letter[]).length, 1);
    });

    it('settles the event that asks for it, and leaves one that only lists to what comes after', async () => {
      const { jobs } = await store();
      const { inFlow } = nodeOf('store') as unknown as SyncStoreNode;
      await jobs.add([{ queue: 'events', kind: 'event', key: 'one', payload: {}, maxAttempts: 3 }]);
      const [event] = await jobs.claim('events', { owner: 'test', leaseSeconds: 60, limit: 1 });
      const lease = { ...event!.lease, store: 'store', settledBy: 'takers' as const };
      const taken: string[] = [];
      Object.assign(inFlow, { taken: ({ job }: { job: string }) => taken.push(job) });
      for (const action of ['list', 'groups']) await ask({ action, sync: { lease } });
      assert.deepEqual(taken, []);
      await ask({ action: 'replay', sync: { lease } });
      assert.deepEqual(taken, [lease.job]);
    });

    it('discards only with a comment', async () => {
      nodeOf('write').receive({ payload: [{ ref: `${stamp}-x`, name: 'X', country_id: NOWHERE }] });
      await waitFor('applied');
      const [letter] = (await ask({})).payload as Letter[];
      const req = { params: { id: letter?.id }, query: {} };
      assert.equal((await ask({ req, action: 'discard', payload: {} })).statusCode, 400);
      assert.equal((await ask({ req, action: 'discard', payload: { comment: 'not ours' } })).statusCode, 200);
      assert.deepEqual((await ask({ action: 'groups' })).payload, []);
    });
  });
}
