import assert from 'node:assert/strict';
import { v7 as uuidv7 } from 'uuid';
import { acceptEvent, nextEvent } from '../../lib/events/emission.ts';
import type { Packet } from '../../lib/events/packet.ts';
import { readEvent } from '../../lib/events/read-event.ts';
import { nextRun } from '../../lib/intake/emission.ts';
import { StoreError } from '../../lib/store/errors.ts';
import type { NewEvent } from '../../lib/store/event-jobs.ts';
import type { RoutedRefusal } from '../../lib/store/exceptions.ts';
import { type OpenedStore, testStores } from '../support/stores.ts';

for (const target of testStores()) {
  describe(`what the audit tells on ${target.name}`, function () {
    this.timeout(30_000);
    let opened: OpenedStore;
    before(async () => {
      opened = await target.open();
    });
    after(() => opened.end());
    const told = async (what: string, of: string) =>
      (await opened.audit()).filter((entry) => entry.what === what && JSON.stringify(entry).includes(of));

    const queue = () => ({ queue: `event-receive:${uuidv7()}`, maxAttempts: 1 });
    const read = (packet: Packet) =>
      readEvent(packet, { format: 'json', mostBytes: 10_000, queue: 'q', births: opened.store.births });
    const packet = (source: string, more: object = {}) => ({
      topic: `acme/WH/assembly/${source}/stock-out`,
      payload: Buffer.from(JSON.stringify({ id: '1', source, type: 'planbridge.stock-out', data: { product: 'A' }, ...more })),
    });
    const next = (of: { queue: string }) => nextEvent(opened.store, { ...of, owner: 'test', leaseSeconds: -1 });

    it('an event is accepted once and settled once, however often it comes', async () => {
      const [here, source] = [queue(), uuidv7()];
      for (let time = 0; time < 3; time++) await acceptEvent(opened.store, here, packet(source), await read(packet(source)));
      const accepted = await told('event.accepted', here.queue);
      assert.deepEqual(
        accepted.map(({ who, subject, detail }) => [who, subject, detail.type, detail.topic]),
        [[source, JSON.stringify([source, '1']), 'planbridge.stock-out', packet(source).topic]],
      );
      const event = await next(here);
      assert.ok(event);
      for (let time = 0; time < 2; time++) await opened.store.jobs.settle(event.lease, 'sync-settle:1');
      assert.deepEqual(
        (await told('event.settled', here.queue)).map(({ who, subject }) => [who, subject]),
        [['sync-settle:1', accepted[0]?.subject]],
      );
    });

    it('an event that comes again with other content, and a message that is none, are refused', async () => {
      const [here, source] = [queue(), uuidv7()];
      for (const data of [{ product: 'A' }, { product: 'B' }])
        await acceptEvent(opened.store, here, packet(source, { data }), await read(packet(source, { data })));
      const nothing = { topic: 'acme/nothing', payload: Buffer.from('nothing') };
      await acceptEvent(opened.store, here, nothing, await read(nothing));
      assert.equal((await told('event.accepted', here.queue)).length, 1);
      assert.deepEqual(
        (await told('event.refused', here.queue)).map(({ who, detail }) => [who, detail.reason]),
        [
          [packet(source).topic, 'KEY_CONFLICT'],
          ['acme/nothing', 'MALFORMED'],
        ],
      );
    });

    it('an event that the store does not take is refused after some tries, and one that it does not take for now waits', async () => {
      const [here, source] = [queue(), uuidv7()];
      let error: Error = new Error('the row is too long');
      const accept = async (job: NewEvent) => {
        if (job.key === JSON.stringify([source, '1'])) throw error;
        return opened.store.jobs.accept(job);
      };
      const store = { ...opened.store, jobs: { ...opened.store.jobs, accept } };
      const given = packet(source);
      const tried = async (attempt: number) => acceptEvent(store, { ...here, attempt }, given, await read(given));
      await assert.rejects(tried(1), error);
      await assert.rejects(tried(2), error);
      assert.equal(await tried(3), true);
      assert.equal(await tried(3), false, 'it came again, and is one exception still');
      const refused = await next(here);
      assert.ok(refused && 'refusal' in refused);
      assert.match(refused.refusal.message, /does not take the event: the row is too long/);
      assert.equal((await told('event.refused', here.queue)).length, 1);
      error = new StoreError('unavailable', 'It does not answer.');
      await assert.rejects(tried(99), error);
    });

    it('an event is given up, with its key and without a secret', async () => {
      const [here, source] = [queue(), uuidv7()];
      await acceptEvent(opened.store, here, packet(source), await read(packet(source)));
      const event = await next(here);
      assert.ok(event);
      const why = { error: 'It failed: password=hunter2', delayMs: 0, countAttempt: true };
      await opened.store.jobs.retry(event.lease, why);
      assert.equal(await next(here), undefined);
      const [dead] = await told('job.dead', here.queue);
      assert.equal(dead?.detail.key, event.key);
      assert.match(String(dead?.detail.error), /It failed: password=•••/);
      const [letter] = await opened.store.deadLetters.list({ queue: here.queue });
      assert.match(letter?.error ?? '', /password=•••/);
    });

    it('a run is released with the mappings and rules that its records went through, whichever node wrote them', async () => {
      const run = { id: uuidv7(), interface: 'test', source: 'test' };
      const intake = `forecast-receive:${run.id}`;
      await opened.store.runs.begin(run);
      await opened.store.runs.addPart(run.id, 0, [{ a: 1 }]);
      await opened.store.runs.accept(run, { lines: 1, contentHash: 'x', queue: intake, maxAttempts: 3 });
      const emit = async () => {
        const emitted = await nextRun(opened.store, { queue: intake, owner: 'test', leaseSeconds: 60 });
        return emitted?.lease ?? assert.fail('it was not emitted');
      };
      const before = await emit();
      await opened.store.runs.handOver(before, { mappings: ['old@1'], rules: ['OLD'] });
      await opened.store.jobs.retry(before, { delayMs: 0, countAttempt: false });
      const lease = await emit();
      const payload = { records: [{ $source: { lines: 1, quantity: '2' } }] };
      await opened.store.jobs.add(
        [{ queue: `odoo-write:${run.id}`, kind: 'odoo-write', key: '1', run: run.id, payload, maxAttempts: 1 }],
        lease,
      );
      for (const stage of ['validated', 'accepted'] as const)
        await opened.store.runs.total(lease, stage, '0', { lines: 1, quantity: '2' });
      await opened.store.runs.handOver(lease, { mappings: ['csv@1', 'rules@2'], rules: ['MALFORMED'] });
      await opened.store.runs.handOver(lease, { mappings: ['csv@1', 'orders@3'], rules: ['MALFORMED'] });
      assert.equal(await opened.store.runs.release(lease), 'released');
      const [released] = await told('run.released', run.id);
      assert.deepEqual(
        [released?.mapping, released?.detail.mappings, released?.detail.rules],
        ['orders@3', ['csv@1', 'rules@2', 'orders@3'], ['MALFORMED']],
      );
    });

    it('exceptions are raised once, each with its reason, line, product and owner', async () => {
      const run = { id: uuidv7(), interface: 'test', source: 'test' };
      await opened.store.runs.begin(run);
      const refusals = Array.from(
        { length: 450 },
        (_, at): RoutedRefusal => ({
          reason: 'UNKNOWN_PRODUCT',
          stage: 'validation',
          message: `There is no product P${at}.`,
          record: { product: `P${at}` },
          product: `P${at}`,
          location: 'WH',
          line: at + 2,
          disposition: 'held',
          severity: 'high',
          owner: 'master-data',
          action: 'Create it.',
          deadlineHours: 8,
        }),
      );
      for (let time = 0; time < 2; time++)
        await opened.store.exceptions.add(refusals, run.id, undefined, { who: 'exception-route:1', mapping: 'csv@1' });
      const entries = await told('exceptions.raised', run.id);
      const raised = entries.flatMap(({ detail }) => detail.exceptions as object[]);
      assert.deepEqual([entries.length, raised.length], [3, 450]);
      assert.deepEqual([entries[0]?.who, entries[0]?.mapping, entries[0]?.run], ['exception-route:1', 'csv@1', run.id]);
      assert.deepEqual(raised[3], {
        reason: 'UNKNOWN_PRODUCT',
        disposition: 'held',
        owner: 'master-data',
        line: 5,
        product: 'P3',
        location: 'WH',
      });
    });
  });
}
