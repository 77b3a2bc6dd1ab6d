import assert from 'node:assert/strict';
import { join } from 'node:path';
import { openStore, type Store } from '../../lib/store/open.ts';
import { mustHave } from '../support/required.ts';
import { canMountDisks, mountSmallDisk, type SmallDisk } from '../support/tmpfs.ts';

const FULL = { name: 'StoreError', code: 'full', message: /disk .* is full.* Free some space/ };

(mustHave('tmpfs', canMountDisks()) ? describe : describe.skip)('a SQLite store on a full disk', () => {
  let disk: SmallDisk;
  let store: Store;
  const add = (key: string, bytes = 10) =>
    store.jobs.add([{ queue: 'q', kind: 'k', key, payload: { text: 'x'.repeat(bytes) }, maxAttempts: 1 }]);
  const claim = () => store.jobs.claim('q', { owner: 'x', leaseSeconds: 60, limit: 1 });
  beforeEach(async () => {
    disk = mountSmallDisk(4);
    store = await openStore({ url: join(disk.folder, 'store.sqlite') });
    await add('before');
    disk.fill();
  });
  afterEach(async () => {
    await store.close();
    disk.close();
  });

  it('says so, and does nothing by halves', async () => {
    await assert.rejects(() => add('small'), FULL);
    await assert.rejects(() => add('large', 200_000), FULL);
    await assert.rejects(claim, FULL);
    assert.deepEqual(await store.jobs.counts('q'), { pending: 1 });
  });

  it('goes on once there is room', async () => {
    await assert.rejects(() => add('small'), FULL);
    disk.free();
    await add('small');
    assert.deepEqual([(await claim())[0]?.key, (await claim())[0]?.key], ['before', 'small']);
  });

  it('can be opened and read; a new one cannot be made, and is made once there is room', async () => {
    await store.close();
    store = await openStore({ url: join(disk.folder, 'store.sqlite') });
    assert.deepEqual(await store.jobs.counts('q'), { pending: 1 });
    const fresh = { url: join(disk.folder, 'folder', 'new.sqlite') };
    await assert.rejects(() => openStore(fresh), FULL);
    disk.free();
    await (await openStore(fresh)).close();
  });
});
