import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import exceptionRoute from '../../nodes/exception-route/exception-route.ts';
import syncSettle from '../../nodes/sync-settle/sync-settle.ts';
import { auditOf } from '../support/stores.ts';
import { startFlow, stopFlow, until } from './flow.ts';

const require = createRequire(import.meta.url);
const { log } = createRequire(require.resolve('node-red'))('@node-red/util') as {
  log: { audit(message: object, request?: object): void };
};

describe('deployments', function () {
  this.timeout(30_000);
  let folder: string;
  let file: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'planbridge-deployments-'));
    file = join(folder, 'store.sqlite');
  });
  afterEach(async () => {
    await stopFlow();
    await rm(folder, { recursive: true });
  });

  const settle = { id: 'settle', type: 'sync-settle', store: 'store', name: 'Settle' };
  const deploy = (nodes: readonly object[]) => startFlow([exceptionRoute, syncSettle], nodes as never, { storeUrl: file });
  const told = () => {
    try {
      return auditOf(file).filter(({ what }) => what.startsWith('settings.'));
    } catch {
      return [];
    }
  };
  const short = () => told().map(({ who, what, subject }) => `${who} ${what} ${subject}`);

  it('are told with who deployed, whichever of our nodes it is, and not again with the next start', async () => {
    await deploy([settle, { id: 'other', type: 'helper' }]);
    await until(() => told().length === 2);
    await stopFlow();
    log.audit({ event: 'flows.set', type: 'full' }, { user: { username: 'anna' }, headers: {} });
    await deploy([
      { ...settle, name: 'Settled', x: 500, wires: [['other']] },
      { id: 'other', type: 'helper' },
    ]);
    await until(() => told().length === 3);
    await stopFlow();
    await deploy([{ ...settle, name: 'Settled' }]);
    await stopFlow();
    await deploy([]);
    await until(() => told().length === 4);
    assert.deepEqual(short().sort(), [
      'anna settings.changed sync-settle:settle',
      'node-red settings.added sync-settle:settle',
      'node-red settings.added sync-store:store',
      'node-red settings.removed sync-settle:settle',
    ]);
    assert.deepEqual(told()[2]?.detail.changed, { name: { before: 'Settle', after: 'Settled' } });
  });

  it('are told when Node-RED stops at once', async () => {
    await deploy([settle]);
    await stopFlow();
    assert.equal(told().length, 2);
  });
});
