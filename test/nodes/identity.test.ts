import assert from 'node:assert/strict';
import { IncomingMessage } from 'node:http';
import { Socket } from 'node:net';
import { identifier, NotAllowed, requestOf } from '../../lib/node/identity.ts';

const TOKENS = 'anna:0123456789abcdef,\nben[approve]:fedcba9876543210';
const bearer = (token: string) => ({ headers: { authorization: `Bearer ${token}` } });
const basic = (name: string) => ({ headers: { authorization: `Basic ${Buffer.from(`${name}:secret`).toString('base64')}` } });
const refusal = (work: () => unknown): number => {
  try {
    work();
  } catch (error) {
    assert.ok(error instanceof NotAllowed);
    return error.statusCode;
  }
  return 0;
};

describe('who sends a request', () => {
  it('is told by a named token, and whether that one approves', () => {
    const { identify, approver } = identifier({ tokens: TOKENS, httpNodeAuth: undefined, development: false });
    assert.deepEqual(identify(bearer('0123456789abcdef')), { name: 'anna', approves: false });
    assert.equal(
      refusal(() => approver(bearer('0123456789abcdef'))),
      403,
    );
    assert.deepEqual(approver(bearer('fedcba9876543210')), { name: 'ben', approves: true });
  });

  it('has to be known where there are tokens', () => {
    const { identify } = identifier({ tokens: TOKENS, httpNodeAuth: undefined, development: true });
    for (const request of [{}, { headers: {} }, bearer('0123456789abcdeX'), bearer('anna'), basic('anna')])
      assert.equal(
        refusal(() => identify(request)),
        401,
      );
  });

  it('is the user of Node-RED’s own authentication, who approves unless there are tokens that do', () => {
    const alone = identifier({ tokens: '', httpNodeAuth: { user: 'carla', pass: 'hash' }, development: false });
    assert.deepEqual(alone.approver(basic('carla')), { name: 'carla', approves: true });
    const beside = identifier({ tokens: TOKENS, httpNodeAuth: { user: 'carla', pass: 'hash' }, development: false });
    assert.equal(
      refusal(() => beside.approver(basic('carla'))),
      403,
    );
  });

  it('is nobody else than Node-RED has checked, or its middleware has named', () => {
    const { identify } = identifier({ tokens: TOKENS, httpNodeAuth: { user: 'carla', pass: 'hash' }, development: true });
    assert.equal(
      refusal(() => identify(basic('boss'))),
      401,
    );
    const own = { headers: { ...basic('carla').headers, 'x-planbridge-token': 'fedcba9876543210' } };
    assert.deepEqual(identify(own), { name: 'ben', approves: true });
    assert.equal(
      refusal(() => identify({ headers: { ...own.headers, 'x-planbridge-token': 'wrong' } })),
      401,
    );
    const middleware = identifier({ tokens: '', httpNodeAuth: () => {}, development: false });
    assert.deepEqual(middleware.approver({ user: { username: 'dora' } }), { name: 'dora', approves: true });
    assert.equal(
      refusal(() => middleware.identify(basic('boss'))),
      401,
    );
  });

  it('is told by a request that came in over HTTP, not by one that a message makes up', () => {
    assert.equal(requestOf({}), undefined);
    assert.deepEqual(requestOf({ req: basic('boss') }), {});
    const real = new IncomingMessage(new Socket());
    assert.equal(requestOf({ req: real }), real);
  });

  it('is nobody where nothing is configured: decisions are taken in development only', () => {
    const open = identifier({ tokens: '', httpNodeAuth: undefined, development: true });
    assert.deepEqual(open.approver({}), { name: 'anonymous', approves: true });
    const plant = identifier({ tokens: '', httpNodeAuth: undefined, development: false });
    assert.equal(plant.identify({}).name, 'anonymous');
    assert.equal(
      refusal(() => plant.approver({})),
      403,
    );
    assert.equal(plant.identify(basic('mallory')).name, 'anonymous', 'a name that nobody checked');
  });

  it('says what is wrong with tokens, without telling them', () => {
    for (const tokens of [
      'anna',
      'anna:short',
      ':0123456789abcdef',
      'anna[all]:0123456789abcdef',
      'anonymous:0123456789abcdef',
      `${TOKENS},carl:0123456789abcdef`,
      `${TOKENS},anna:another-token-0001`,
    ])
      assert.throws(() => identifier({ tokens, httpNodeAuth: undefined, development: true }), /tokens are not right/);
  });
});
