import assert from 'node:assert/strict';
import { v7 as uuidv7 } from 'uuid';
import type { Reason } from '../../lib/exceptions/catalogue.ts';
import { route } from '../../lib/exceptions/routing.ts';
import type { FlowMessage } from '../../lib/node/types.ts';
import type { DeskException, DeskLine } from '../../lib/store/desk/read.ts';
import exceptionDesk from '../../nodes/exception-desk/exception-desk.ts';
import { nodeOf, sentTo, startFlow, stopFlow, store, until, waitFor } from './flow.ts';

const held = (product: string, line: number, reason: Reason = 'NO_SUPPLY_SOURCE') => {
  const refusal = {
    ...{ reason, line, product, location: 'WH', stage: 'validation' as const, quantity: '2' },
    message: `${product} is neither made nor bought.`,
    record: { product, location: 'WH', $line: line },
  };
  return { ...refusal, ...route(refusal) };
};

describe('exception-desk', () => {
  const begin = (settings: object = {}, credentials: Readonly<Record<string, object>> = {}) =>
    startFlow(
      [exceptionDesk],
      [
        { id: 'desk', type: 'exception-desk', store: 'store', ...settings, wires: [['answer'], ['notice']] },
        { id: 'answer', type: 'helper' },
        { id: 'notice', type: 'helper' },
        { id: 'catching', type: 'catch', scope: null, wires: [['caught']] },
        { id: 'caught', type: 'helper' },
      ],
      { credentials },
    );
  afterEach(stopFlow);

  const raise = async (...refusals: ReturnType<typeof held>[]): Promise<string> => {
    const { runs, exceptions } = await store();
    const run = uuidv7();
    await runs.begin({ id: run, interface: 'plan', source: 'test' });
    await exceptions.add(refusals, run);
    return run;
  };
  const answered = async (message: object): Promise<FlowMessage> => {
    const before = sentTo('answer').length;
    nodeOf('desk').receive(message);
    const answers = await waitFor('answer', before + 1);
    return answers[before] ?? assert.fail();
  };
  const over = (method: string, { params = {}, query = {}, body }: { params?: object; query?: object; body?: unknown }) =>
    answered({ payload: body, req: { method, params, query, headers: {} }, res: {} });
  const exceptionIn = ({ payload }: FlowMessage) => payload as DeskException;
  const refusalIn = ({ statusCode, payload }: FlowMessage) => [statusCode, (payload as { error: string }).error] as const;

  it('lists exceptions by query, and shows one with its lines', async () => {
    await begin();
    const run = await raise(held('TYRE-28', 2), held('TYRE-28', 3), held('RIM-28', 4, 'UNKNOWN_PRODUCT'));
    const list = await over('GET', { query: { owner: 'buyer', run, limit: '10' } });
    const [tyre, ...others] = list.payload as DeskException[];
    assert.deepEqual([list.statusCode, tyre?.products, tyre?.lines, others.length], [200, ['TYRE-28'], 2, 0]);
    const shown = await answered({ action: 'show', exception: tyre?.id });
    assert.deepEqual(
      (shown.payload as { behind: DeskLine[] }).behind.map(({ line }) => line),
      [2, 3],
    );
    assert.equal((await over('GET', { query: { limit: '9999' } })).statusCode, 400);
  });

  it('acts in the name of who sent the request, whatever the body says', async () => {
    await begin({ action: 'reassign' });
    await raise(held('TYRE-28', 2));
    const [{ id } = { id: '' }] = await (await store()).desk.list();
    const body = { owner: 'planner', comment: 'stopped', who: 'the boss', id: 'another', action: 'resolve' };
    const given = await over('POST', { params: { id }, body });
    assert.deepEqual([given.statusCode, exceptionIn(given).owner, exceptionIn(given).state], [200, 'planner', 'open']);
  });

  it('takes nobody at the word of a request that somebody put into a message', async () => {
    await begin({ action: 'acknowledge' }, { store: { tokens: 'boss:sixteen-characters-or-more' } });
    await raise(held('TYRE-28', 2));
    const [{ id } = { id: '' }] = await (await store()).desk.list();
    const headers = { authorization: 'Bearer sixteen-characters-or-more' };
    const given = await answered({ req: { params: { id }, query: {}, headers, user: { username: 'boss' } }, res: {} });
    assert.equal(given.statusCode, 401);
    assert.equal((await (await store()).desk.show(id))?.state, 'open');
  });

  it('says what an act lacks, and what does not fit', async () => {
    await begin({ action: 'resolve' });
    await raise(held('TYRE-28', 2));
    const [{ id } = { id: '' }] = await (await store()).desk.list();
    const [status, words] = refusalIn(await over('POST', { params: { id }, body: {} }));
    assert.deepEqual([status, /To resolve needs a comment/.test(words)], [400, true]);
    assert.match(refusalIn(await over('POST', { params: { id }, body: [1] }))[1], /JSON object/);
    assert.equal((await over('POST', { params: { id: 'none' }, body: { comment: 'x' } })).statusCode, 404);
    assert.equal((await over('POST', { params: { id }, body: { comment: 'bought' } })).statusCode, 200);
    assert.deepEqual(refusalIn(await over('POST', { params: { id }, body: { comment: 'x' } })), [
      409,
      `Exception ${id} is resolved already.`,
    ]);
    for (const [asked, lack] of [
      [{ action: 'wait', exception: id, comment: 'x' }, /until when/],
      [{ action: 'wait', exception: id, comment: 'x', until: '2001-01-01' }, /within the next year/],
      [{ action: 'reassign', exception: id, comment: 'x', owner: 'nobody' }, /owner/],
      [{ action: 'redrive' }, /which exception/],
      [{ action: 'look' }, /No Odoo server is chosen/],
    ] as const) {
      const before = sentTo('caught').length;
      nodeOf('desk').receive(asked);
      const caught = await waitFor('caught', before + 1);
      assert.match(JSON.stringify(caught[before]?.error), lack);
    }
  });

  it('lets an exception wait until a time, and tells of it to nobody meanwhile', async () => {
    await begin();
    await raise(held('TYRE-28', 2));
    const [{ id } = { id: '' }] = await (await store()).desk.list();
    const until = new Date(Date.now() + 86_400_000).toISOString();
    const waits = await answered({ action: 'wait', exception: id, comment: 'they call tomorrow', until });
    assert.deepEqual([exceptionIn(waits).state, exceptionIn(waits).waitUntil], ['waiting', Date.parse(until)]);
  });

  it('makes its rounds by itself, and tells of what is new by its second output', async () => {
    await begin({ everyMinutes: 1 });
    // Its first round is over; the next one is a minute away.
    await until(async () => !(await (await store()).turns.take('exception-desk:desk', 1, 'another')));
    await raise(held('TYRE-28', 2));
    nodeOf('desk').receive({ action: 'escalate' });
    const [notice] = await waitFor('notice');
    assert.ok(notice);
    assert.deepEqual(
      [notice.topic, exceptionIn(notice).products, notice.exception],
      ['new', ['TYRE-28'], exceptionIn(notice).id],
    );
  });
});
