import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { v7 as uuidv7 } from 'uuid';
import { knownOutcomes } from '../../lib/delivery/known-outcomes.ts';
import { WriteJob } from '../../lib/delivery/write-job.ts';
import { acceptEvent, nextEvent } from '../../lib/events/emission.ts';
import { readEvent } from '../../lib/events/read-event.ts';
import { stagedJob } from '../../nodes/odoo-write/write-jobs.ts';
import { type OpenedStore, testStores } from '../support/stores.ts';

/** Text that no database makes shorter. */
const long = (characters: number) => randomBytes(characters).toString('base64').slice(0, characters);

for (const target of testStores()) {
  describe(`keys as long as senders make them, on ${target.name}`, function () {
    this.timeout(30_000);
    let opened: OpenedStore;
    before(async () => {
      opened = await target.open();
    });
    after(() => opened.end());
    const writing = (records: object[]) =>
      WriteJob.parse({ operation: 'create', model: 'res.partner', keys: ['comment'], records });

    it('keep an event once, and apart from one that begins alike', async () => {
      const queue = `event-receive:${uuidv7()}`;
      const [source, id] = [long(2_000), long(1_990)];
      const accept = async (more: string) => {
        const packet = { topic: 't', payload: Buffer.from(JSON.stringify({ id: id + more, source, type: 't', data: {} })) };
        const how = { format: 'json', mostBytes: 10_000, queue, births: opened.store.births } as const;
        return acceptEvent(opened.store, { queue, maxAttempts: 3 }, packet, await readEvent(packet, how));
      };
      assert.deepEqual([await accept('a'), await accept('a'), await accept('b')], [true, false, true]);
      const event = await nextEvent(opened.store, { queue, owner: 'test', leaseSeconds: 60 });
      assert.ok(event && 'event' in event && event.event.id === `${id}a`);
    });

    it('keep a batch of work under what a flow gave as its key', async () => {
      const message = { _msgid: '1', payload: [], sync: { key: long(4_000) } };
      const queue = `odoo-write:${uuidv7()}`;
      for (let time = 0; time < 2; time++)
        await opened.store.jobs.add([stagedJob(message as never, writing([{ comment: 'A' }]), queue, 3)]);
      assert.deepEqual(await opened.store.jobs.counts(queue), { pending: 1 });
    });

    it('remember what was done under a long business key', async () => {
      const queue = `odoo-write:${uuidv7()}`;
      const job = writing([{ comment: long(4_000) }]);
      await opened.store.jobs.add([{ queue, kind: 'odoo-write', key: '1', payload: job, maxAttempts: 3 }]);
      const [claimed] = await opened.store.jobs.claim(queue, { owner: 'test', leaseSeconds: 60, limit: 1 });
      assert.ok(claimed);
      const { remember } = await knownOutcomes(opened.store, claimed, job);
      const effects = [...remember.values()].map((effect) => ({ ...effect, id: 7 }));
      await opened.store.jobs.succeed(claimed.lease, { result: {}, effects });
      const { known } = await knownOutcomes(opened.store, claimed, job);
      assert.deepEqual([...known.values()], [{ index: 0, outcome: 'unchanged', id: 7 }]);
    });
  });
}
