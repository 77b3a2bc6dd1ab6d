import assert from 'node:assert/strict';
import { identifier, NotAllowed } from '../../lib/node/identity.ts';

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
    const { identify, approver } = identifier({ tokens: TOKENS, basic: false, development: false });
    assert.deepEqual(identify(bearer('0123456789abcdef')), { name: 'anna', approves: false });
    assert.equal(
      refusal(() => approver(bearer('0123456789abcdef'))),
      403,
    );
    assert.deepEqual(approver(bearer('fedcba9876543210')), { name: 'ben', approves: true });
  });

  it('has to be known where there are tokens', () => {
    const { identify } = identifier({ tokens: TOKENS, basic: false, development: true });
    for (const request of [{}, { headers: {} }, bearer('0123456789abcdeX'), bearer('anna'), basic('anna')])
      assert.equal(
        refusal(() => identify(request)),
        401,
      );
  });

  it('is the user of Node-RED’s own authentication, who approves unless there are tokens that do', () => {
    const alone = identifier({ tokens: '', basic: true, development: false });
    assert.deepEqual(alone.approver(basic('carla')), { name: 'carla', approves: true });
    const beside = identifier({ tokens: TOKENS, basic: true, development: false });
    assert.equal(
      refusal(() => beside.approver(basic('carla'))),
      403,
    );
  });

  it('is nobody where nothing is configured: decisions are taken in development only', () => {
    const open = identifier({ tokens: '', basic: false, development: true });
    assert.deepEqual(open.approver({}), { name: 'anonymous', approves: true });
    const plant = identifier({ tokens: '', basic: false, development: false });
    assert.equal(plant.identify({}).name, 'anonymous');
    assert.equal(
      refusal(() => plant.approver({})),
      403,
    );
    assert.equal(plant.identify(basic('mallory')).name, 'anonymous', 'a name that nobody checked');
  });

  it('says what is wrong with tokens, without telling them', () => {
    for (const tokens of ['anna', 'anna:short', ':0123456789abcdef', 'anna[all]:0123456789abcdef'])
      assert.throws(() => identifier({ tokens, basic: false, development: true }), /name:token/);
  });
});
