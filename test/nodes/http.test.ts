import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer, request, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { gzipSync } from 'node:zlib';
import type { NodeAPI } from 'node-red';
import { StoreError } from '../../lib/store/errors.ts';
import type { RunSummary } from '../../lib/store/summary.ts';
import forecastReceive from '../../nodes/forecast-receive/forecast-receive.ts';
import { nodeOf, sentTo, startFlow, stopFlow, store, until, waitFor } from './flow.ts';

const HEAD = 'product,location,period,quantity\n';
const CSV = `${HEAD}A,WH,2027-01,1\n`;

describe("forecast-receive's own route", () => {
  let server: Server;
  let url: string;
  let flow: NodeAPI;
  const seeing = (RED: NodeAPI) => {
    flow = RED;
  };
  beforeEach(async () => {
    const receive = { type: 'forecast-receive', store: 'store', path: '/planning/forecasts', columns: 'product, quantity' };
    await startFlow(
      [forecastReceive, seeing],
      [
        { id: 'receive', ...receive, maxMegabytes: 1, wires: [['reply'], ['runs']] },
        { id: 'second', ...receive },
        { id: 'reply', type: 'helper' },
        { id: 'runs', type: 'helper' },
      ],
    );
    server = createServer(flow.httpNode as never).listen(0, '127.0.0.1');
    await once(server, 'listening');
    url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/planning/forecasts`;
  });
  afterEach(async () => {
    await stopFlow();
    server.closeAllConnections();
    server.close();
  });

  const post = (body: NonNullable<RequestInit['body']>, headers: Record<string, string> = {}) =>
    fetch(url, { method: 'POST', body, headers: { 'content-type': 'text/csv', ...headers }, duplex: 'half' } as RequestInit);
  /** A body of so many megabytes that comes bit by bit, without a length. */
  const trickle = (megabytes: number) =>
    new ReadableStream({
      start: (controller) => controller.enqueue(Buffer.from(HEAD)),
      pull(controller) {
        if (megabytes-- > 0) controller.enqueue(Buffer.from('A,WH,2027-01,1\n'.repeat(70_000)));
        else controller.close();
      },
    });

  it('answers 202 with the run, and gives the receipt to the flow', async () => {
    const answer = await post(CSV);
    assert.equal(answer.status, 202);
    const { run, received } = (await answer.json()) as RunSummary;
    assert.equal(received, 1);
    const [receipt] = await waitFor('reply');
    assert.equal((receipt?.payload as RunSummary | undefined)?.run, run);
    assert.equal((await waitFor('runs'))[0]?.sync?.run, run);
  });

  it('answers 400 and says which columns are missing and which were found', async () => {
    const answer = await post('item,place\nA,WH\n');
    assert.equal(answer.status, 400);
    const { missing, found } = (await answer.json()) as Record<string, unknown>;
    assert.deepEqual(
      [missing, found],
      [
        ['product', 'quantity'],
        ['item', 'place'],
      ],
    );
  });

  it('answers 413 to a sender that is still sending, with and without a length, and keeps nothing', async () => {
    for (const body of [Buffer.from(HEAD + 'A,WH,2027-01,1\n'.repeat(700_000)), trickle(10)]) {
      const answer = await post(body);
      assert.equal(answer.status, 413);
      assert.match(((await answer.json()) as { error: string }).error, /limit of 1 MB/);
    }
    assert.deepEqual(await (await store()).runs.latest(), []);
  });

  it('cuts off a sender that goes on and on after its 413', async () => {
    const sending = request(url, { method: 'POST', headers: { 'content-type': 'text/csv' } });
    const chunk = Buffer.alloc(64 * 1024, CSV);
    const pump = setInterval(() => sending.write(chunk), 5);
    const closed = once(sending, 'close');
    sending.on('error', () => {});
    const [response] = await once(sending, 'response');
    assert.equal(response.statusCode, 413);
    response.resume();
    await closed;
    clearInterval(pump);
  });

  it('answers 503 while the store refuses, says so beneath the node, and takes the next one', async () => {
    const { runs } = await store();
    const { begin } = runs;
    Object.assign(runs, { begin: () => Promise.reject(new StoreError('full', 'The disk of the store is full.')) });
    const shown: string[] = [];
    nodeOf('receive').on(
      'call:status' as never,
      ((call: { args: { text?: string }[] }) => {
        shown.push(call.args[0]?.text ?? '');
      }) as never,
    );
    for (const body of [Buffer.from(CSV), trickle(0.1)]) {
      const answer = await post(body);
      assert.deepEqual([answer.status, answer.headers.get('retry-after')], [503, '30']);
      assert.deepEqual(await answer.json(), { error: 'Nothing was accepted: The disk of the store is full.', code: 'full' });
    }
    assert.match(shown.at(-1) ?? '', /failure\.store\.full/);
    Object.assign(runs, { begin });
    assert.equal((await post(CSV)).status, 202);
  });

  it('refuses a compressed body in words', async () => {
    const answer = await post(gzipSync(CSV), { 'content-encoding': 'gzip' });
    assert.equal(answer.status, 400);
    assert.match(((await answer.json()) as { error: string }).error, /encoding gzip/);
  });

  it('keeps nothing of a body whose sender goes away in the middle', async () => {
    const sending = request(url, { method: 'POST', headers: { 'content-type': 'text/csv', 'content-length': 1_000 } });
    sending.on('error', () => {});
    sending.write(CSV);
    await sleep(50);
    sending.destroy();
    await waitFor('reply');
    assert.equal(sentTo('reply')[0]?.statusCode, 503);
    assert.deepEqual(await (await store()).runs.latest(), []);
    assert.equal((await post(CSV)).status, 202);
  });

  it('tells a sender to come again when it stops in the middle of a body, and stops soon', async () => {
    const sending = request(url, { method: 'POST', headers: { 'content-type': 'text/csv', 'content-length': 1_000 } });
    sending.write(CSV);
    const answered = once(sending, 'response');
    await sleep(50);
    const since = Date.now();
    await stopFlow();
    assert.ok(Date.now() - since < 1_000, `it took ${Date.now() - since} ms`);
    const [response] = await answered;
    assert.deepEqual([response.statusCode, response.headers['retry-after']], [503, '30']);
    sending.destroy();
  });

  it('leaves the path to the first node that has it, and the second one says so', async () => {
    const errors: unknown[] = [];
    nodeOf('second').on('call:error' as never, ((call: { args: unknown[] }) => errors.push(call.args[0])) as never);
    nodeOf('second').receive({ payload: CSV });
    await until(() => errors.length > 0);
    assert.match(String(errors[0]), /Another node already answers/);
    assert.equal((await post(CSV)).status, 202);
  });

  it('answers 404 once the node is gone', async () => {
    await stopFlow();
    assert.equal((await post(CSV)).status, 404);
  });
});
