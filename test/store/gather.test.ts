import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';
import { gatherer } from '../../lib/store/gather.ts';

describe('gathering work', () => {
  const batches: number[][] = [];
  const double = gatherer(async (items: readonly number[]) => {
    batches.push([...items]);
    await sleep(5);
    if (items.includes(13)) throw new Error('not 13');
    return items.map((item) => item * 2);
  }, 3);
  beforeEach(() => void batches.splice(0));

  it('does the first at once, and what comes meanwhile together, so many at a time', async () => {
    assert.deepEqual(await Promise.all([1, 2, 3, 4, 5].map(double)), [2, 4, 6, 8, 10]);
    assert.deepEqual(batches, [[1], [2, 3, 4], [5]]);
    assert.equal(await double(6), 12);
  });

  it('lets what cannot be done fail by itself', async () => {
    const answers = await Promise.allSettled([1, 2, 13, 3].map(double));
    assert.deepEqual(
      answers.map((answer) => (answer.status === 'fulfilled' ? answer.value : (answer.reason as Error).message)),
      [2, 4, 'not 13', 6],
    );
  });
});
