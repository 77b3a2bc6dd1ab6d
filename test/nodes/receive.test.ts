import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import type { FlowMessage } from '../../lib/node/types.ts';
import type { RunSummary } from '../../lib/store/summary.ts';
import forecastReceive from '../../nodes/forecast-receive/forecast-receive.ts';
import syncRun from '../../nodes/sync-run/sync-run.ts';
import { nodeOf, sentTo, startFlow, stopFlow, store, until, waitFor } from './flow.ts';

const CSV = 'product,location,period,quantity\nA,WH,2027-01,1\nB,WH,2027-01,2\n';

describe('forecast-receive and sync-run', () => {
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'planbridge-receive-'));
    await startFlow(
      [forecastReceive, syncRun],
      [
        {
          id: 'receive',
          type: 'forecast-receive',
          store: 'store',
          interface: 'forecast-import',
          columns: 'product, location, period, quantity',
          maxMegabytes: '1',
          wires: [['reply'], ['runs']],
        },
        { id: 'reply', type: 'helper' },
        { id: 'runs', type: 'helper' },
        { id: 'run', type: 'sync-run', store: 'store', wires: [['summary']] },
        { id: 'summary', type: 'helper' },
      ],
    );
  });
  afterEach(async () => {
    await stopFlow();
    await rm(folder, { recursive: true });
  });

  const receive = async (message: Record<string, unknown>): Promise<FlowMessage> => {
    const already = sentTo('reply').length;
    nodeOf('receive').receive(message);
    const reply = (await waitFor('reply', already + 1)).at(-1);
    assert.ok(reply);
    return reply;
  };
  const summaryOf = ({ payload }: FlowMessage) => payload as RunSummary;

  it('answers 202 with the run, and sends its lines into the flow', async () => {
    const reply = await receive({ payload: CSV, topic: 'monday', tag: 'kept' });
    assert.deepEqual([reply.statusCode, reply.tag], [202, 'kept']);
    const { run, state, received } = summaryOf(reply);
    assert.deepEqual([state, received], ['received', 2]);
    const [part] = await waitFor('runs');
    assert.deepEqual(part?.payload, [
      { product: 'A', location: 'WH', period: '2027-01', quantity: '1', $line: 2 },
      { product: 'B', location: 'WH', period: '2027-01', quantity: '2', $line: 3 },
    ]);
    assert.deepEqual(part?.parts, { id: run, index: 0, count: 1, type: 'array' });
    assert.deepEqual(
      [part?.sync?.interface, part?.sync?.run, part?.sync?.lease?.store, part?.sync?.lease?.token],
      ['forecast-import', run, 'store', 1],
    );
  });

  it('sends a large forecast in parts of a thousand lines, in order', async () => {
    const lines = Array.from({ length: 2_500 }, (_, at) => `P${at},WH,2027-01,1`);
    const reply = await receive({ payload: Buffer.from(`product,location,period,quantity\n${lines.join('\n')}`) });
    const parts = await waitFor('runs', 3);
    assert.deepEqual(
      parts.map((part) => [part.parts?.index, part.parts?.count, (part.payload as unknown[]).length]),
      [
        [0, 3, 1000],
        [1, 3, 1000],
        [2, 3, 500],
      ],
    );
    assert.ok(parts.every(({ sync }) => sync?.run === summaryOf(reply).run));
  });

  it('takes records, one record, a stream and a file', async () => {
    const line = { product: 'A', location: 'WH', period: '2027-01', quantity: 1 };
    const file = join(folder, 'monday.csv');
    await writeFile(file, CSV);
    const bodies = [{ payload: [line, line] }, { payload: line }, { payload: Readable.from([CSV]) }, { filename: file }];
    const lines: unknown[] = [];
    for (const body of bodies) {
      const reply = await receive(body);
      assert.equal(reply.statusCode, 202, JSON.stringify(reply.payload));
      lines.push(summaryOf(reply).received);
    }
    assert.deepEqual(lines, [2, 1, 2, 2]);
    await waitFor('runs', 4);
  });

  it('refuses a body as a whole with 400, in words, and keeps nothing of it', async () => {
    for (const body of [
      { payload: 'item,place\nA,B\n' },
      { payload: '' },
      { payload: 'product,location,period,quantity\n' },
      {},
      { filename: join(folder, 'no-such-file.csv') },
    ]) {
      const reply = await receive(body);
      const { error, code } = reply.payload as { error: string; code: string };
      assert.equal(reply.statusCode, 400, `${JSON.stringify(body)}: ${error}`);
      assert.ok(error.length > 10 && code, JSON.stringify(reply.payload));
    }
    assert.deepEqual(await (await store()).runs.latest(), []);
    assert.equal(sentTo('runs').length, 0);
  });

  it('refuses a body over its limit with 413', async () => {
    const reply = await receive({ payload: `${CSV}${'A,WH,2027-01,1\n'.repeat(100_000)}` });
    assert.equal(reply.statusCode, 413);
  });

  it('answers 503 when the store refuses, so that the sender comes again', async () => {
    const opened = await store();
    const { begin } = opened.runs;
    Object.assign(opened.runs, { begin: () => Promise.reject(new Error('disk is full')) });
    const reply = await receive({ payload: CSV });
    Object.assign(opened.runs, { begin });
    assert.deepEqual([reply.statusCode, (reply.headers as Record<string, string>)['retry-after']], [503, '30']);
  });

  it('tells how a run stands, and 404 of one that there is not', async () => {
    const { run } = summaryOf(await receive({ payload: CSV }));
    nodeOf('run').receive({ run });
    nodeOf('run').receive({ req: { params: { run } } });
    nodeOf('run').receive({ run: 'nothing' });
    nodeOf('run').receive({});
    const answers = await waitFor('summary', 4);
    assert.deepEqual(
      answers.map(({ statusCode, payload }) => [statusCode, (payload as RunSummary).run]),
      [
        [200, run],
        [200, run],
        [404, undefined],
        [404, undefined],
      ],
    );
    assert.match(JSON.stringify(answers[2]?.payload), /There is no run nothing/);
  });

  it('sends a run again that the flow has given back', async () => {
    await receive({ payload: CSV });
    const [first] = await waitFor('runs');
    assert.ok(first?.sync?.lease);
    await (await store()).jobs.retry(first.sync.lease, { error: 'no', delayMs: 0, countAttempt: true });
    // The node looks again every five seconds, or when the next forecast comes.
    await receive({ payload: CSV });
    await until(() => sentTo('runs').length === 3);
    const again = sentTo('runs').find((part) => part.sync?.run === first.sync?.run && part !== first);
    assert.equal(again?.sync?.lease?.token, 2);
    assert.deepEqual(again?.payload, first.payload);
  });
});
