import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';
import { throttle } from '../../lib/odoo/throttle.ts';

describe('the throttle', () => {
  it('runs no more calls at once than it may, and all of them in order', async () => {
    const throttled = throttle(3, 0);
    const begun: number[] = [];
    let running = 0;
    let most = 0;
    await Promise.all(
      Array.from({ length: 20 }, (_, at) =>
        throttled(async () => {
          begun.push(at);
          most = Math.max(most, ++running);
          await sleep(1);
          running--;
        }),
      ),
    );
    assert.equal(most, 3);
    assert.deepEqual(
      begun,
      Array.from({ length: 20 }, (_, at) => at),
    );
  });

  it('begins no more calls a second than it may', async () => {
    const throttled = throttle(10, 50);
    const start = Date.now();
    await Promise.all(Array.from({ length: 6 }, () => throttled(async () => undefined)));
    const took = Date.now() - start;
    assert.ok(took >= 95 && took < 500, `${took} ms`);
  });

  it('goes on after a call that failed', async () => {
    const throttled = throttle(1, 0);
    await assert.rejects(throttled(() => Promise.reject(new Error('no'))));
    assert.equal(await throttled(async () => 'yes'), 'yes');
  });
});
