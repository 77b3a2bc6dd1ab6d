import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { v7 as uuidv7 } from 'uuid';
import exceptionRoute from '../../nodes/exception-route/exception-route.ts';
import forecastWatch from '../../nodes/forecast-watch/forecast-watch.ts';
import { releasedVersion } from '../support/released-version.ts';
import { nodeOf, sentTo, startFlow, stopFlow, store, until, waitFor } from './flow.ts';

const ODOO = { name: 'none', url: 'http://127.0.0.1:9', database: 'none', login: 'none', password: 'none', apiKey: undefined };
const ITEM = {
  ...{ product: 'A', location: 'WH', group: 'All', uom: 'Units', lines: 1, sent: '5' },
  periods: [{ period: '2026-12', quantity: '5', lines: [] }],
};

describe('forecast-watch', () => {
  let home: string;
  beforeEach(async () => {
    home = await mkdtemp(join(tmpdir(), 'planbridge-watch-'));
    await start();
  });
  afterEach(async () => {
    await stopFlow();
    await rm(home, { recursive: true, force: true });
  });

  /** Due all day, so that it is due whenever this runs. */
  const start = () =>
    startFlow(
      [forecastWatch, exceptionRoute],
      [
        {
          ...{
            id: 'watch',
            type: 'forecast-watch',
            store: 'store',
            server: 'odoo',
            interface: 'plan',
            planner: 'anna@plant.example',
          },
          ...{ dueAt: '00:00', sendBy: '12:00', days: 'Mon, tue, wed, thu, fri, sat, sun', wires: [['notices', 'route']] },
        },
        { id: 'notices', type: 'helper' },
        { id: 'route', type: 'exception-route', store: 'store', wires: [['planners'], [], [], ['integration']] },
        { id: 'planners', type: 'helper' },
        { id: 'integration', type: 'helper' },
      ],
      { odoo: ODOO, storeUrl: join(home, 'store.sqlite') },
    );
  const looked = async () => {
    let looks = false;
    nodeOf('watch').once('call:status' as never, () => {
      looks = true;
    });
    nodeOf('watch').receive({});
    await until(() => looks);
  };

  it('tells the planner once that nothing came, also after a restart', async () => {
    nodeOf('watch').receive({});
    const [notice] = await waitFor('notices');
    assert.deepEqual([notice?.to, notice?.topic], ['anna@plant.example', 'plan: no forecast released by 00:00']);
    const [routed] = await waitFor('planners');
    const [{ reason, owner, action }] = routed!.payload as [Record<string, string>];
    assert.deepEqual([reason, owner], ['FORECAST_MISSING', 'planner']);
    assert.match(String(action), /^Send the forecast/);
    await looked();
    await stopFlow();
    await start();
    await looked();
    assert.equal(sentTo('notices').length, 0);
    assert.equal((await (await store()).exceptions.list({ owner: 'planner' })).length, 1);
  });

  it('is silent once a version is released, which resolves what was told', async () => {
    const opened = await store();
    nodeOf('watch').receive({});
    await waitFor('planners');
    const version = await releasedVersion(opened, 'plan', [ITEM]);
    await looked();
    assert.equal(sentTo('notices').length, 1);
    const [resolved] = await opened.desk.list({ state: 'resolved' });
    assert.deepEqual([resolved?.reason, resolved?.comment], ['FORECAST_MISSING', `Version ${version} is released.`]);
  });

  it('tells integration of a run that failed, and which baseline goes on applying', async () => {
    const opened = await store();
    const version = await releasedVersion(opened, 'plan', [ITEM]);
    const run = { id: uuidv7(), interface: 'plan', source: 'test' };
    await opened.runs.begin(run);
    await opened.runs.accept(run, { lines: 1, contentHash: 'abc', queue: 'intake', maxAttempts: 1 });
    const [job] = await opened.jobs.claim('intake', { owner: 'test', leaseSeconds: 60, limit: 1 });
    assert.ok(job);
    await opened.jobs.bury(job.lease, 'Odoo is gone.');
    assert.equal((await opened.runs.summary(run.id))?.state, 'failed');
    nodeOf('watch').receive({});
    const [routed] = await waitFor('integration');
    const [{ reason, message, record }] = routed!.payload as [{ reason: string; message: string; record: { applies: object } }];
    assert.equal(reason, 'FORECAST_FAILED');
    assert.match(
      message,
      /is not released: run .* failed: Odoo is gone\. .*The planning baseline .* goes on applying\. Mend it .* Told: integration\.$/,
    );
    assert.deepEqual(record.applies, { version, releasedOn: '2026-12-01' });
  });
});
