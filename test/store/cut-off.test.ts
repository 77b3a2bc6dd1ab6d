import assert from 'node:assert/strict';
import { restAfterCutOff } from '../../lib/store/cut-off.ts';

describe('the rest after a job was cut off', () => {
  it('is none at first, then doubles up to five minutes', () => {
    const longest = [1, 2, 3, 4, 5, 6, 11, 12, 20].map((cutOff) => restAfterCutOff(cutOff, () => 1));
    assert.deepEqual(longest, [0, 0, 0, 2_000, 4_000, 8_000, 256_000, 300_000, 300_000]);
  });

  it('is any time up to that, so that what was cut off together does not come back together', () => {
    assert.deepEqual(
      [0, 0.25, 0.5].map((chance) => restAfterCutOff(5, () => chance)),
      [0, 1_000, 2_000],
    );
  });
});
