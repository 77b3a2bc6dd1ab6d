import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { NodeAPI } from 'node-red';
import { v7 as uuidv7 } from 'uuid';
import forecastVersion from '../../nodes/forecast-version/forecast-version.ts';
import { nodeOf, startFlow, stopFlow, store, waitFor } from './flow.ts';

describe('forecast-version', () => {
  let admin: Server;
  let flow: NodeAPI;
  const permissions: string[] = [];
  let loggedIn: string | undefined;
  const seeing = (RED: NodeAPI) => {
    flow = RED;
    RED.auth.needsPermission = (permission: string) => (request: object, _response: unknown, next: () => void) => {
      permissions.push(permission);
      Object.assign(request, { user: loggedIn && { username: loggedIn } });
      next();
    };
  };
  beforeEach(async () => {
    await startFlow(
      [seeing, forecastVersion],
      [
        { id: 'versions', type: 'forecast-version', store: 'store', action: 'list', wires: [['answers']] },
        { id: 'answers', type: 'helper' },
      ],
    );
    admin = createServer(flow.httpAdmin as never).listen(0, '127.0.0.1');
    await once(admin, 'listening');
  });
  afterEach(async () => {
    Object.assign(flow.settings, { adminAuth: undefined });
    admin.closeAllConnections();
    admin.close();
    await stopFlow();
  });

  /** A version of anna's that waits for approval. */
  const waiting = async (): Promise<string> => {
    const { runs, jobs, versions } = await store();
    const run = { id: uuidv7(), interface: 'plan', source: 'test', requester: 'anna' };
    await runs.begin(run);
    await runs.addPart(run.id, 0, [{ product: 'A' }]);
    await runs.accept(run, { lines: 1, contentHash: 'abc', queue: 'intake', maxAttempts: 3 });
    const [job] = await jobs.claim('intake', { owner: 'test', leaseSeconds: 60, limit: 1 });
    assert.ok(job);
    for (const stage of ['validated', 'accepted'] as const) await runs.total(job.lease, stage, '0', { lines: 1, quantity: '5' });
    const head = { interface: 'plan', run: run.id, queue: 'approve', purpose: 'baseline' as const, mappings: [], rules: [] };
    const periods = [{ period: '2026-12', quantity: '5', lines: [] }];
    const item = { product: 'A', location: 'WH', group: 'All', uom: 'Units', lines: 1, sent: '5', periods };
    const id = await versions.keep(job.lease, head, [item]);
    const judged = { baseline: undefined, difference: {}, automatic: false, why: ['It is large.'], waitHours: 1, maxAttempts: 3 };
    await versions.validated(job.lease, id, judged);
    await runs.release(job.lease);
    return id;
  };
  const decide = async (version: string, action: string, body: object = {}, store = 'store') => {
    const url = `http://127.0.0.1:${(admin.address() as AddressInfo).port}/planbridge/versions/${store}/${version}/${action}`;
    const answer = await fetch(url, {
      method: 'POST',
      body: JSON.stringify(body),
      headers: { 'content-type': 'application/json' },
    });
    return { status: answer.status, body: (await answer.json()) as { state?: string; error?: string } };
  };

  it('takes the decision of somebody who is logged in with the permission, never of the one who sent it', async () => {
    const id = await waiting();
    Object.assign(flow.settings, { adminAuth: {} });
    loggedIn = 'anna';
    assert.equal((await decide(id, 'approve', { who: 'ben' })).status, 403);
    loggedIn = 'ben';
    assert.equal((await decide(id, 'refuse')).status, 400, 'without a comment');
    assert.equal((await decide(id, 'drop')).status, 404);
    assert.deepEqual(await decide(id, 'approve').then(({ status, body }) => [status, body.state]), [202, 'approved']);
    assert.ok(permissions.every((permission) => permission === 'planbridge.approve'));
    assert.equal((await decide('plan-99', 'approve')).status, 404);
    assert.deepEqual(await decide(id, 'approve', {}, 'gone'), {
      status: 404,
      body: { error: 'No store with the id gone is deployed.' },
    });
  });

  it('lists versions, and says what a message lacks', async () => {
    const id = await waiting();
    nodeOf('versions').receive({ state: 'awaiting-approval' });
    nodeOf('versions').receive({ req: { params: {}, query: {} }, payload: '', action: 'approve' });
    nodeOf('versions').receive({ action: 'show', version: id });
    const [listed, unasked, shown] = await waitFor('answers', 3);
    assert.deepEqual(
      (listed!.payload as { id: string }[]).map((version) => version.id),
      [id],
    );
    assert.ok(Array.isArray(unasked?.payload), 'an action that a request brings counts for nothing');
    assert.equal((shown!.payload as { why: string[] }).why[0], 'It is large.');
  });

  it('gives no baseline before a version is released', async () => {
    nodeOf('versions').receive({ action: 'baseline', req: undefined });
    const [answer] = await waitFor('answers');
    assert.equal(answer?.statusCode, 404);
  });
});
