import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, rm, rmdir } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { SyncStoreNode } from '../../lib/node/types.ts';
import { nodeOf, startFlow, stopFlow, store } from './flow.ts';

describe('sync-store', () => {
  let folder: string;
  let file: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'planbridge-sync-store-'));
    file = join(folder, 'store.sqlite');
  });
  afterEach(async () => {
    await stopFlow();
    delete process.env.PLANBRIDGE_STORE;
    await rm(folder, { recursive: true });
  });

  it('opens its store once, however many nodes ask at the same time', async () => {
    await startFlow([], [], { storeUrl: file });
    const [one, two] = await Promise.all([store(), store()]);
    assert.equal(one, two);
    assert.ok(existsSync(file));
  });

  it('takes the address from the environment where the form holds none', async () => {
    process.env.PLANBRIDGE_STORE = file;
    await startFlow([], [], { storeUrl: '' });
    await store();
    assert.ok(existsSync(file));
  });

  it('tries again after a failure to open, when it is next asked', async () => {
    await mkdir(file);
    await startFlow([], [], { storeUrl: file });
    await assert.rejects(store, { code: 'settings' });
    await rmdir(file);
    assert.ok(await store());
  });

  it('stays open until what still needs it has ended, and closes then', async () => {
    await startFlow([], [], { storeUrl: file });
    const opened = await store();
    let release = () => {};
    const working = new Promise<void>((resolve) => {
      release = resolve;
    });
    (nodeOf('store') as unknown as SyncStoreNode).keepFor(working);
    const stopping = stopFlow();
    await new Promise((resolve) => setTimeout(resolve, 50));
    assert.deepEqual(await opened.runs.latest(), [], 'it was closed under a worker');
    release();
    await stopping;
    await assert.rejects(() => opened.runs.latest(), 'it was left open');
  });
});
