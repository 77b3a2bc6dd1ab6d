import assert from 'node:assert/strict';
import { runContext } from '../../lib/node/run-context.ts';
import type { FlowMessage } from '../../lib/node/types.ts';

describe('what a node keeps of a run', () => {
  let opened = 0;
  const context = () => runContext(() => ({ number: ++opened }));
  beforeEach(() => {
    opened = 0;
  });
  const part = (run: string, index: number, token = 1, count = 3) =>
    ({
      parts: { id: run, index, count },
      sync: { run, lease: { store: 's', job: `job-${run}`, token } },
    }) as unknown as FlowMessage;

  it('is the same from its first part to its last, and another for each run', () => {
    const of = context();
    const numbers = [part('a', 0), part('b', 0), part('a', 1), part('b', 1), part('a', 2)].map((message) => of(message).number);
    assert.deepEqual(numbers, [1, 2, 1, 2, 1]);
  });

  it('begins anew when the run comes again under a new token', () => {
    const of = context();
    assert.deepEqual([of(part('a', 0)).number, of(part('a', 1)).number, of(part('a', 0, 2)).number], [1, 1, 2]);
  });

  it('is gone after the last part', () => {
    const of = context();
    for (let index = 0; index < 3; index++) of(part('a', index));
    assert.throws(() => of(part('a', 1)), { code: 'sequence' });
  });

  it('refuses a part of a run whose beginning it has not seen: what it would say of it would be wrong', () => {
    const of = context();
    assert.throws(() => of(part('a', 1)), /Part 2 of run a came without the parts before it/);
    of(part('a', 0));
    assert.throws(() => of(part('a', 1, 2)), { code: 'sequence' });
  });

  it('follows a sequence of another node as well, and stands alone for a message that is in none', () => {
    const of = context();
    const other = (index: number) => ({ parts: { id: 'split', index, count: 2 } }) as unknown as FlowMessage;
    assert.deepEqual(
      [of(other(0)).number, of(other(1)).number, of({} as FlowMessage).number, of({} as FlowMessage).number],
      [1, 1, 2, 3],
    );
  });

  it('does not grow without end with runs that broke off', () => {
    const of = context();
    for (let run = 0; run < 101; run++) of(part(`r${run}`, 0));
    assert.throws(() => of(part('r0', 1)), { code: 'sequence' });
    assert.equal(of(part('r100', 1)).number, 101);
  });
});
