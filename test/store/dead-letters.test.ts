import assert from 'node:assert/strict';
import { v7 as uuidv7 } from 'uuid';
import type { Store } from '../../lib/store/open.ts';
import { testStores } from '../support/stores.ts';

for (const target of testStores()) {
  describe(`dead letters on ${target.name}`, function () {
    this.timeout(30_000);
    let store: Store;
    let end: () => Promise<void>;
    before(async () => ({ store, end } = await target.open()));
    after(() => end());

    const claim = async (queue: string) => {
      const [claimed] = await store.jobs.claim(queue, { owner: 'test', leaseSeconds: 60, limit: 1 });
      return claimed ?? assert.fail('there is no job');
    };
    /** A job of three records of which Odoo refused some. */
    const refused = async (queue: string, refusals: readonly { record: object; error: string; fingerprint: string }[]) => {
      const records = [1, 2, 3].map((a) => ({ a }));
      await store.jobs.add([{ queue, kind: 'odoo-write', key: uuidv7(), payload: { model: 'm', records }, maxAttempts: 3 }]);
      await store.jobs.succeed((await claim(queue)).lease, { result: {}, dead: refusals });
    };
    const letter = (a: number, fingerprint = 'F', error = 'Odoo said no.') => ({ record: { a, $line: a }, error, fingerprint });

    it('lists the newest first, with the record and Odoo’s words, by filter', async () => {
      const queue = uuidv7();
      await refused(queue, [letter(1), letter(2, 'G', 'Odoo said never.')]);
      const letters = await store.deadLetters.list({ queue });
      assert.deepEqual(
        letters.map(({ error, payload }) => [error, (payload as { records: unknown[] }).records]),
        [
          ['Odoo said never.', [{ a: 2, $line: 2 }]],
          ['Odoo said no.', [{ a: 1, $line: 1 }]],
        ],
      );
      assert.equal((await store.deadLetters.list({ queue, fingerprint: 'G' })).length, 1);
      assert.deepEqual(await store.deadLetters.list({ ids: [] }), []);
    });

    it('groups them by cause, the most frequent first', async () => {
      const queue = uuidv7();
      await refused(queue, [letter(1, 'rare'), letter(2, 'often'), letter(3, 'often')]);
      const groups = await store.deadLetters.groups({ queue });
      assert.deepEqual(
        groups.map(({ fingerprint, count }) => [fingerprint, count]),
        [
          ['often', 2],
          ['rare', 1],
        ],
      );
    });

    it('has one done again as it is, with all its tries', async () => {
      const queue = uuidv7();
      await refused(queue, [letter(1)]);
      assert.equal((await store.deadLetters.replay({ queue }, { who: 'anna' })).length, 1);
      const again = await claim(queue);
      assert.deepEqual([again.attempt, (again.payload as { records: unknown[] }).records], [1, [{ a: 1, $line: 1 }]]);
      assert.deepEqual(await store.deadLetters.replay({ queue }, { who: 'anna' }), [], 'it is none any more');
    });

    it('has one done again with another record, whose lines stay known', async () => {
      const queue = uuidv7();
      await refused(queue, [letter(1)]);
      await store.deadLetters.replay({ queue }, { who: 'anna', record: { a: 9 } });
      assert.deepEqual(((await claim(queue)).payload as { records: unknown[] }).records, [{ a: 9, $line: 1 }]);
    });

    it('ends a discarded one for good', async () => {
      const queue = uuidv7();
      await refused(queue, [letter(1), letter(2)]);
      const [first] = await store.deadLetters.list({ queue });
      assert.ok(first);
      assert.deepEqual(await store.deadLetters.discard({ ids: [first.id] }, { who: 'anna', comment: 'sold out' }), [first.id]);
      assert.equal((await store.deadLetters.list({ queue })).length, 1);
      assert.deepEqual(await store.deadLetters.replay({ ids: [first.id] }, { who: 'anna' }), []);
    });
  });
}
