import assert from 'node:assert/strict';
import { applyWrite } from '../../lib/delivery/apply-write.ts';
import { CalledOff, OutcomePending } from '../../lib/delivery/verdict.ts';
import { WriteJob } from '../../lib/delivery/write-job.ts';
import { type Call, type OdooClient, openOdoo } from '../../lib/odoo/client.ts';
import { OdooError } from '../../lib/odoo/errors.ts';
import { searchAll } from '../../lib/odoo/pages.ts';
import type { WriteOutcome } from '../../lib/odoo/write-outcome.ts';
import { odooServers } from '../support/servers.ts';

const MODEL = 'res.partner';
const NOWHERE = 99_999_999;

for (const target of odooServers()) {
  describe(`applying a write job on ${target.name}`, function () {
    this.timeout(60_000);
    let odoo: OdooClient;
    /** What was called, in order. */
    let called: Call[];
    /** Answers calls instead of Odoo, or after it; undefined leaves them to Odoo. */
    let instead: (call: Call, send: () => Promise<unknown>) => Promise<unknown> | undefined;
    let client: OdooClient;
    /** What the tries of the job at hand have written down. */
    let pieces: unknown[];
    const stamp = `delivery-${process.pid}-${Date.now()}`;
    const ref = (name: string) => `${stamp}-${name}`;

    before(async () => {
      const { url, database, login, password } = await target.start();
      odoo = openOdoo({ url, database, login, password });
      client = {
        ...odoo,
        call(call) {
          called.push(call);
          const send = () => odoo.call(call);
          return instead(call, send) ?? send();
        },
      };
    });
    after(async () => {
      await odoo?.close();
      await target.stop();
    });
    beforeEach(() => {
      called = [];
      pieces = [];
      instead = () => undefined;
      limit(odoo.limitMilliseconds);
    });
    afterEach(async () => {
      const ids = (await mine()).map(({ id }) => id);
      if (ids.length > 0) await odoo.call({ model: MODEL, method: 'unlink', ids });
    });

    const mine = () =>
      searchAll(odoo, {
        model: MODEL,
        domain: [['ref', 'like', stamp]],
        fields: ['ref', 'name', 'street', 'active'],
        order: 'id',
        context: { active_test: false },
      });
    const job = (records: Record<string, unknown>[], more: Partial<WriteJob> = {}) =>
      WriteJob.parse({ operation: 'upsert', model: MODEL, keys: ['ref'], records, ...more });
    /** One try, knowing what the tries before it wrote down, as the store would keep it. */
    const attempt = (work: WriteJob, signal = new AbortController().signal) =>
      applyWrite({
        client,
        job: work,
        signal,
        before: JSON.parse(JSON.stringify(pieces)),
        save: async (piece) => void pieces.push(JSON.parse(JSON.stringify(piece))),
      });
    /** What an earlier job wrote. */
    const given = async (...records: Record<string, unknown>[]) => {
      await attempt(job(records));
      pieces = [];
      called = [];
      return mine();
    };
    const kinds = (outcomes: readonly WriteOutcome[]) => outcomes.map(({ outcome }) => outcome);
    const calls = (method: string) => called.filter((call) => call.method === method);
    const partner = (name: string, more: Record<string, unknown> = {}) => ({ ref: ref(name), name, ...more });
    const lost = (method: string) => new OdooError('unknown-outcome', 'Odoo cut the connection.', { model: MODEL, method });

    it('tells what it created, what it updated and what was right already, with old and new values', async () => {
      await given(partner('A', { street: 'Old' }), partner('B'));
      const outcomes = await attempt(
        job([partner('A', { street: 'New', $line: 2 }), partner('B', { $line: 3 }), partner('C', { $line: 4 })]),
      );
      assert.deepEqual(kinds(outcomes), ['updated', 'unchanged', 'created']);
      assert.deepEqual([outcomes[0]?.before, outcomes[0]?.changed], [{ street: 'Old' }, { street: 'New' }]);
      assert.deepEqual(
        (await mine()).map(({ name, street }) => [name, street]),
        [
          ['A', 'New'],
          ['B', false],
          ['C', false],
        ],
      );
    });

    it('lets one refused record cost only itself', async () => {
      await given(partner('A'));
      const outcomes = await attempt(
        job([
          partner('A', { country_id: NOWHERE }),
          partner('B'),
          partner('C', { country_id: NOWHERE }),
          ...Array.from({ length: 20 }, (_, at) => partner(`D${at}`)),
        ]),
      );
      assert.deepEqual(kinds(outcomes), ['refused', 'created', 'refused', ...Array(20).fill('created')]);
      assert.ok(outcomes[0]?.error?.message && outcomes[2]?.error?.message);
      assert.equal((await mine()).length, 22);
    });

    it('refuses every record, and does not try for ever, when the job as such cannot be done', async () => {
      const outcomes = await attempt(job([partner('A', { no_such_field: 1 }), partner('B')]));
      assert.deepEqual(kinds(outcomes), ['refused', 'refused']);
      assert.match(outcomes[1]?.error?.message ?? '', /no_such_field/);
    });

    it('updates what it may, where this user may not create', async () => {
      await given(partner('A'));
      const denied = new OdooError('access', 'You may not create contacts.', { exception: 'odoo.exceptions.AccessError' });
      instead = ({ method }) => {
        if (method === 'create') return Promise.reject(denied);
        return method === 'has_access' || method === 'check_access_rights' ? Promise.resolve(false) : undefined;
      };
      const outcomes = await attempt(job([partner('B'), partner('A', { street: 'New' }), partner('C')]));
      assert.deepEqual(kinds(outcomes), ['refused', 'updated', 'refused']);
      assert.equal(outcomes[2]?.error, denied);
      assert.equal(calls('create').length, 1);
      assert.deepEqual(
        (await mine()).map(({ street }) => street),
        ['New'],
      );
    });

    it('follows up what it created before Odoo denied it', async () => {
      const denied = new OdooError('access', 'You may not create contacts.', { exception: 'odoo.exceptions.AccessError' });
      instead = ({ method }) => {
        if (method === 'create' && calls('create').length > 1) return Promise.reject(denied);
        return method === 'has_access' || method === 'check_access_rights' ? Promise.resolve(false) : undefined;
      };
      const work = job([partner('A'), partner('B')], { operation: 'create', followUp: 'action_archive', batchSize: 1 });
      assert.deepEqual(kinds(await attempt(work)), ['created', 'refused']);
      assert.equal(calls('action_archive').length, 1);
    });

    it('tells what a dry run would do, and writes nothing', async () => {
      const [held] = await given(partner('A', { street: 'Old' }));
      const records = [partner('A', { street: 'New' }), partner('B')];
      const dry = { dryRun: true, followUp: 'action_archive' };
      assert.deepEqual(kinds(await attempt(job(records, dry))), ['updated', 'created']);
      assert.deepEqual(kinds(await attempt(job(records, { ...dry, operation: 'create' }))), ['created', 'created']);
      const byId = [{ id: held?.id, street: 'New' }];
      assert.deepEqual(kinds(await attempt(job(byId, { ...dry, operation: 'update' }))), ['updated']);
      await attempt(job(byId, { ...dry, operation: 'call', method: 'action_archive' }));
      assert.deepEqual(await mine(), [held]);
      const reading = /^(search|read|fields_get|has_access|check_access)/;
      assert.deepEqual(
        called.filter(({ method }) => !reading.test(method)),
        [],
      );
      assert.deepEqual(pieces, []);
    });

    it('calls the follow-up on what changed, and on nothing else', async () => {
      await given(partner('A'));
      await attempt(job([partner('A'), partner('B')], { followUp: 'action_archive' }));
      assert.deepEqual(
        (await mine()).map(({ name, active }) => [name, active]),
        [
          ['A', true],
          ['B', false],
        ],
      );
    });

    it('calls the follow-up for a try that wrote and then failed, though the records are right already', async () => {
      instead = ({ method }) =>
        method === 'action_replenish' ? Promise.reject(new OdooError('unavailable', 'Odoo went away.')) : undefined;
      const work = job([partner('A'), partner('B')], { followUp: 'action_replenish' });
      await assert.rejects(() => attempt(work), { code: 'unavailable' });
      instead = ({ method }) => (method === 'action_replenish' ? Promise.resolve(true) : undefined);
      called = [];
      const outcomes = await attempt(work);
      assert.deepEqual(kinds(outcomes), ['created', 'created']);
      assert.equal(calls('create').length, 0);
      const ids = (await mine()).map(({ id }) => id);
      assert.deepEqual(calls('action_replenish')[0]?.ids, ids);
      // A job of its own that finds the same records right has nothing to follow up.
      pieces = [];
      called = [];
      assert.deepEqual(kinds(await attempt(work)), ['unchanged', 'unchanged']);
      assert.equal(calls('action_replenish').length, 0);
    });

    it('refuses a record whose follow-up is refused, and tells what was written all the same', async () => {
      const [held] = await given(partner('A'), partner('B'));
      instead = ({ method, ids = [] }) =>
        method !== 'action_replenish'
          ? undefined
          : ids.includes(held?.id ?? 0)
            ? Promise.reject(new OdooError('validation', 'No vendor.'))
            : Promise.resolve(true);
      const records = [partner('A', { street: 'New' }), partner('B', { street: 'New' })];
      const outcomes = await attempt(job(records, { followUp: 'action_replenish' }));
      assert.deepEqual(kinds(outcomes), ['refused', 'updated']);
      assert.equal(outcomes[0]?.error?.message, 'No vendor.');
      assert.deepEqual([outcomes[0]?.id, outcomes[0]?.changed], [held?.id, { street: 'New' }]);
    });

    it('refuses each record where Odoo refuses the follow-up as such, and tells what was written all the same', async () => {
      const [held] = await given(partner('A', { street: 'Old' }));
      const records = [partner('A', { street: 'New' }), partner('B')];
      const upserted = await attempt(job(records, { followUp: 'no_such_method' }));
      pieces = [];
      const created = await attempt(job([partner('C')], { operation: 'create', followUp: 'no_such_method' }));
      const outcomes = [...upserted, ...created];
      assert.deepEqual(kinds(outcomes), ['refused', 'refused', 'refused']);
      assert.ok(outcomes.every(({ error }) => error?.message.includes('no_such_method')));
      assert.deepEqual(
        outcomes.map(({ id }) => id),
        (await mine()).map(({ id }) => id),
      );
      assert.deepEqual(
        [upserted[0]?.id, upserted[0]?.changed, upserted[0]?.before],
        [held?.id, { street: 'New' }, { street: 'Old' }],
      );
      assert.deepEqual([upserted[1]?.changed, created[0]?.changed], [partner('B'), partner('C')]);
    });

    it('updates by id, and refuses a record that is not there', async () => {
      const [held] = await given(partner('A'));
      const records = [
        { id: held?.id, street: 'By id' },
        { id: NOWHERE, street: 'x' },
      ];
      const outcomes = await attempt(job(records, { operation: 'update' }));
      assert.deepEqual(kinds(outcomes), ['updated', 'refused']);
      assert.equal((await mine())[0]?.street, 'By id');
    });

    it('adds to what Odoo holds when it is written, once over all tries', async () => {
      const [a] = await given(partner('A'));
      assert.ok(a);
      const color = async () =>
        (await searchAll(odoo, { model: MODEL, domain: [['id', '=', a.id]], fields: ['color'] }))[0]?.color;
      const before = Number(await color());
      const work = job([{ id: a.id, color: { $add: 2 } }], { operation: 'update' });
      instead = ({ method }, send) =>
        /^(web_save_multi|write)$/.test(method)
          ? send().then(() => {
              throw lost(method);
            })
          : undefined;
      await assert.rejects(attempt(work), { code: 'unknown-outcome' });
      instead = () => undefined;
      assert.deepEqual(kinds(await attempt(work)), ['updated']);
      assert.equal(await color(), before + 2);
      pieces = [];
      await attempt(work);
      assert.equal(await color(), before + 4);
      const wrong = job([{ id: a.id, name: { $add: { days: 1 } } }], { operation: 'update' });
      pieces = [];
      assert.match((await attempt(wrong))[0]?.error?.message ?? '', /no time that can be added to/);
    });

    it('calls a method on records, one refused one costing only itself', async () => {
      const [a, b] = await given(partner('A'), partner('B'));
      const records = [{ id: a?.id }, { id: NOWHERE }, { id: b?.id }];
      const outcomes = await attempt(job(records, { operation: 'call', method: 'write', args: { vals: { street: 'Called' } } }));
      assert.deepEqual(kinds(outcomes), ['updated', 'refused', 'updated']);
      assert.deepEqual(
        (await mine()).map(({ street }) => street),
        ['Called', 'Called'],
      );
    });

    /** Odoo's limit is over when this is below zero: what is not there then will not come any more. */
    const limit = (milliseconds: number) => Object.assign(client, { limitMilliseconds: milliseconds });
    /** The first call of a method is done, and its answer cut. */
    const cutFirst = (of: string) => {
      instead = ({ method }, send) =>
        method === of && calls(of).length === 1
          ? send().then(() => {
              throw lost(of);
            })
          : undefined;
    };
    /** The first call of a method never comes to Odoo, and nobody knows. */
    const loseFirst = (of: string) => {
      instead = ({ method }) => (method === of && calls(of).length === 1 ? Promise.reject(lost(of)) : undefined);
    };

    it('finds by its keys what was created though the answer was lost', async () => {
      cutFirst('create');
      const work = job([partner('A'), partner('B'), partner('C')], { operation: 'create', batchSize: 2 });
      const outcomes = await attempt(work);
      assert.deepEqual(kinds(outcomes), ['created', 'created', 'created']);
      assert.deepEqual(
        outcomes.map(({ id }) => id),
        (await mine()).map(({ id }) => id),
      );
      assert.equal(calls('create').length, 2);
    });

    it('finds what was created though the answer was lost by a number that was given as text', async () => {
      cutFirst('create');
      const work = job([partner('A', { color: '5' })], { operation: 'create', keys: ['ref', 'color'] });
      assert.deepEqual(kinds(await attempt(work)), ['created']);
      assert.equal((await mine()).length, 1);
    });

    it('sends a lost create again only when Odoo can no longer be at work on it', async () => {
      loseFirst('create');
      const work = job([partner('A')], { operation: 'create' });
      await assert.rejects(attempt(work), OutcomePending);
      await assert.rejects(attempt(work), OutcomePending);
      assert.equal(calls('create').length, 1, 'it was sent again too soon');
      limit(-1);
      assert.deepEqual(kinds(await attempt(work)), ['created']);
      assert.equal((await mine()).length, 1);
    });

    it('tells the values of what an earlier try created, though its answer was lost and Odoo holds them otherwise', async () => {
      const work = job([partner('A', { street: 'New', $line: 2 })]);
      instead = ({ method }, send) => (method === 'create' ? send().then(() => Promise.reject(lost(method))) : undefined);
      await assert.rejects(attempt(work), OdooError);
      const created = ['created', partner('A', { street: 'New' })];
      const [found] = await attempt(work);
      assert.deepEqual([found?.outcome, found?.changed], created);
      await odoo.call({ model: MODEL, method: 'write', ids: [found?.id ?? 0], args: { vals: { street: '<p>New</p>' } } });
      limit(0);
      instead = ({ method }, send) => (method === 'write' ? send().then(() => Promise.reject(lost(method))) : undefined);
      await assert.rejects(attempt(work), OdooError, 'it is written once more, and this answer is lost, too');
      instead = () => undefined;
      const [written] = await attempt(work);
      assert.deepEqual([written?.outcome, written?.changed], created);
    });

    it('does not upsert again what its process was cut off in, before Odoo is surely done with it', async () => {
      loseFirst('create');
      const work = job([partner('A')]);
      await assert.rejects(attempt(work), { code: 'unknown-outcome' });
      await assert.rejects(attempt(work), OutcomePending);
      assert.equal(calls('create').length, 1);
      limit(-1);
      assert.deepEqual(kinds(await attempt(work)), ['created']);
      assert.equal((await mine()).length, 1);
    });

    it('does not take it for an answer about an earlier try that Odoo refuses to be looked at', async () => {
      instead = ({ method }) => (method === 'create' ? Promise.reject(lost(method)) : undefined);
      const work = job([partner('A')]);
      await assert.rejects(attempt(work), { code: 'unknown-outcome' });
      instead = ({ method }) =>
        method === 'search_read' ? Promise.reject(new OdooError('unavailable', 'Odoo is away.')) : undefined;
      await assert.rejects(attempt(work), { code: 'unavailable' });
      instead = () => undefined;
      await assert.rejects(attempt(work), OutcomePending);
    });

    it('never sends a create again that cannot be found by any key, but does the others', async () => {
      cutFirst('create');
      const work = job([partner('A'), partner('B'), partner('C')], { operation: 'create', keys: [], batchSize: 2 });
      const outcomes = await attempt(work);
      assert.deepEqual(kinds(outcomes), ['refused', 'refused', 'created']);
      assert.equal(outcomes[0]?.error?.code, 'unknown-outcome');
      // Its process ends before that is settled.
      const again = await attempt(work);
      assert.deepEqual(kinds(again), ['refused', 'refused', 'created']);
      assert.equal(again[2]?.id, outcomes[2]?.id);
      assert.equal((await mine()).length, 3, 'something was created twice');
    });

    it('finds what was created by a process that was cut off in it', async () => {
      const work = job([partner('A'), partner('B')], { operation: 'create', batchSize: 1 });
      instead = ({ method }, send) =>
        method === 'create' && calls('create').length === 2 ? send().then(() => new Promise(() => {})) : undefined;
      void attempt(work);
      while ((await mine()).length < 2) await new Promise((resolve) => setTimeout(resolve, 20));
      instead = () => undefined;
      assert.deepEqual(kinds(await attempt(work)), ['created', 'created']);
      assert.equal((await mine()).length, 2);
    });

    it('creates again what Odoo has surely not done', async () => {
      const work = job([partner('A')], { operation: 'create' });
      instead = ({ method }) => (method === 'create' ? Promise.reject(new OdooError('unavailable', 'Odoo is away.')) : undefined);
      await assert.rejects(() => attempt(work), { code: 'unavailable' });
      instead = () => undefined;
      assert.deepEqual(kinds(await attempt(work)), ['created']);
      assert.equal((await mine()).length, 1);
    });

    it('never calls a follow-up again when nothing tells whether it was done', async () => {
      cutFirst('action_archive');
      const work = job([partner('A')], { followUp: 'action_archive' });
      const outcomes = await attempt(work);
      assert.deepEqual([kinds(outcomes), outcomes[0]?.error?.code], [['refused'], 'unknown-outcome']);
      await attempt(work);
      assert.equal(calls('action_archive').length, 1);
    });

    it('leaves unknown what Odoo refuses to be looked at, and says why', async () => {
      cutFirst('action_archive');
      const work = job([partner('A'), partner('B')], { followUp: 'action_archive', doneWhen: "[('no_such_field', '=', 1)]" });
      const outcomes = await attempt({ ...work, batchSize: 1 });
      assert.deepEqual(kinds(outcomes), ['refused', 'created']);
      assert.equal(outcomes[0]?.error?.code, 'unknown-outcome');
      assert.match(outcomes[0]?.error?.message ?? '', /could not be looked up: .*no_such_field/);
    });

    it('looks by a domain whether a follow-up was done whose answer was lost', async () => {
      const doneWhen = "[('active', '=', False)]";
      cutFirst('action_archive');
      assert.deepEqual(kinds(await attempt(job([partner('A')], { followUp: 'action_archive', doneWhen }))), ['created']);
      assert.equal(calls('action_archive').length, 1);

      [pieces, called] = [[], []];
      loseFirst('action_archive');
      const work = job([partner('B')], { followUp: 'action_archive', doneWhen });
      await assert.rejects(attempt(work), OutcomePending);
      limit(-1);
      assert.deepEqual(kinds(await attempt(work)), ['created']);
      assert.equal(calls('action_archive').length, 2);
      assert.deepEqual(
        (await mine()).map(({ active }) => active),
        [false, false],
      );
    });

    for (const operation of ['upsert', 'create'] as const)
      it(`stops ${operation} between two calls when it is told to, and goes on from there`, async () => {
        const stopping = new AbortController();
        instead = ({ method }, send) => {
          if (method !== 'create') return undefined;
          stopping.abort();
          return send();
        };
        const work = job([partner('A'), partner('B'), partner('C')], { operation, batchSize: 1 });
        await assert.rejects(() => attempt(work, stopping.signal), CalledOff);
        assert.equal((await mine()).length, 1, 'the call that was under way is not cut off');
        assert.deepEqual(kinds(await attempt(work)), ['created', 'created', 'created']);
        assert.equal((await mine()).length, 3);
      });
  });
}
