import assert from 'node:assert/strict';
import { clientIdOf } from '../../lib/events/client-id.ts';

describe('the client id of an instance', () => {
  const one = { host: 'plant-a', folder: '/data', node: 'events' };

  it('is the same over restarts, and another one for each host, folder and node', () => {
    const others = [{ host: 'plant-b' }, { folder: '/data-2' }, { node: 'events-2' }].map((other) => ({ ...one, ...other }));
    const ids = [one, ...others].map(clientIdOf);
    assert.equal(new Set(ids).size, 4);
    assert.equal(clientIdOf({ ...one }), ids[0]);
  });

  it('names the host, in what a broker takes, and no longer than it likes', () => {
    assert.match(clientIdOf(one), /^planbridge-plant-a-[0-9a-f]{10}$/);
    assert.match(clientIdOf({ ...one, host: `Müller's #1/+ ${'x'.repeat(300)}` }), /^planbridge-Mllers1x+-[0-9a-f]{10}$/);
    assert.ok(clientIdOf({ ...one, host: 'x'.repeat(300) }).length <= 65);
  });
});
