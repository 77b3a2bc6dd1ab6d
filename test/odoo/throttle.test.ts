import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';
import { joinThrottle } from '../../lib/odoo/throttle.ts';

describe('the throttle', () => {
  let server = 0;
  const limits = (maxConcurrent: number, callsPerSecond = 0) => ({ maxConcurrent, callsPerSecond });
  const alone = (maxConcurrent: number, callsPerSecond = 0) =>
    joinThrottle(`alone-${++server}`, limits(maxConcurrent, callsPerSecond)).throttled;

  it('runs no more calls at once than it may, and all of them in order', async () => {
    const throttled = alone(3);
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
    const throttled = alone(10, 50);
    const start = Date.now();
    await Promise.all(Array.from({ length: 6 }, () => throttled(async () => undefined)));
    const took = Date.now() - start;
    assert.ok(took >= 95 && took < 500, `${took} ms`);
  });

  it('goes on after a call that failed', async () => {
    const throttled = alone(1);
    await assert.rejects(throttled(() => Promise.reject(new Error('no'))));
    assert.equal(await throttled(async () => 'yes'), 'yes');
  });

  it('is one a server for all who call it, with the strictest limits of all, until they leave', async () => {
    const [first, strict, other] = [joinThrottle('a', limits(8)), joinThrottle('a', limits(2)), joinThrottle('b', limits(8))];
    let running = 0;
    const ends: (() => void)[] = [];
    const work = () => {
      running++;
      return new Promise<void>((resolve) => ends.push(resolve));
    };
    const all = [first, strict, first, strict, first].map(({ throttled }) => throttled(work));
    await sleep(5);
    assert.equal(running, 2);
    const elsewhere = other.throttled(async () => 'another server');
    assert.equal(await elsewhere, 'another server');
    strict.leave();
    await sleep(5);
    assert.equal(running, 5, 'what waited goes on once nobody asks for less');
    for (const end of ends) end();
    await Promise.all(all);
    for (const { leave } of [first, other]) leave();
  });

  it('keeps the lowest rate of all who have one', async () => {
    const [unlimited, slow] = [joinThrottle('c', limits(10)), joinThrottle('c', limits(10, 50))];
    const start = Date.now();
    await Promise.all(
      Array.from({ length: 3 }, () => Promise.all([unlimited, slow].map(({ throttled }) => throttled(async () => 0)))),
    );
    assert.ok(Date.now() - start >= 95);
    for (const { leave } of [unlimited, slow]) leave();
  });
});
