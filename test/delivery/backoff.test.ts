import assert from 'node:assert/strict';
import { backoff } from '../../lib/delivery/backoff.ts';

describe('the wait before the next try', () => {
  it('doubles from a second to five minutes', () => {
    const longest = (attempt: number) => backoff(attempt, () => 1);
    assert.deepEqual(
      [1, 2, 3, 4, 9, 10, 60, 2_000].map(longest),
      [1_000, 2_000, 4_000, 8_000, 256_000, 300_000, 300_000, 300_000],
    );
  });

  it('lies between half and the whole of it, so that what failed together does not come back together', () => {
    assert.equal(
      backoff(3, () => 0),
      2_000,
    );
    const waits = Array.from({ length: 200 }, () => backoff(5));
    assert.ok(waits.every((wait) => wait >= 8_000 && wait <= 16_000));
    assert.ok(new Set(waits).size > 100, 'the waits are all alike');
  });

  it('waits at least half a second before the first try counts', () => {
    assert.ok(backoff(0) >= 500);
  });
});
