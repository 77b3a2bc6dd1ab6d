import assert from 'node:assert/strict';
import { setImmediate as giveWay } from 'node:timers/promises';
import { compileMapping } from '../../lib/mapping/compile.ts';
import { loadPreset } from '../../lib/mapping/presets.ts';
import { mapping } from './support.ts';

const good = { product: 'FURN_9666', location: 'WH', period: '2026-W50', quantity: '12', uom: 'Units' };
const engine = compileMapping(loadPreset('forecast-default'));

/** The longest time that the event loop stood still while `work` ran, in milliseconds. */
async function longestStandstill(work: () => Promise<unknown>): Promise<number> {
  let [longest, last, running] = [0, performance.now(), true];
  const watch = (async () => {
    while (running) {
      await giveWay();
      const now = performance.now();
      longest = Math.max(longest, now - last);
      last = now;
    }
  })();
  try {
    await work();
  } finally {
    running = false;
    await watch;
  }
  return longest;
}

describe('hostile input', () => {
  it('is refused with line, column, value and what could be read of the line', async () => {
    const { records, refusals } = await engine.map([good, { ...good, period: '2026-13', $line: 3 }]);
    assert.equal(records.length, 1);
    assert.deepEqual(refusals, [
      {
        reason: 'MALFORMED',
        message: 'period: "2026-13" names month 13; months run from 1 to 12.',
        stage: 'mapping',
        field: 'period',
        value: '2026-13',
        record: { ...good, period: '2026-13', $line: 3 },
        line: 3,
        quantity: '12',
        product: 'FURN_9666',
        location: 'WH',
        period: '2026-13',
      },
    ]);
  });

  it('names the column that is missing', async () => {
    const { product: _, ...without } = good;
    const { refusals } = await engine.map([without, { ...good, product: '  ' }]);
    assert.deepEqual(
      refusals.map(({ message, field, reason }) => [reason, field, message]),
      [
        ['MALFORMED', 'product', 'product is missing.'],
        ['MALFORMED', 'product', 'product: "  " is missing.'],
      ],
    );
  });

  it('passes a row on as unreadable with the reason that was found when it was read', async () => {
    const { refusals } = await engine.map([{ $unreadable: 'A quote in column 3 never closes.', $line: 9 }]);
    assert.deepEqual(refusals[0], {
      reason: 'MALFORMED',
      message: 'A quote in column 3 never closes.',
      stage: 'mapping',
      record: { $unreadable: 'A quote in column 3 never closes.', $line: 9 },
      line: 9,
    });
  });

  it('takes no number that is not finite, as text or as a number', async () => {
    const { refusals } = await engine.map([
      { ...good, quantity: '1e400' },
      { ...good, quantity: JSON.parse('1e400') },
    ]);
    assert.deepEqual(
      refusals.map(({ message }) => message),
      ['quantity: "1e400" is not a finite number.', 'quantity: "Infinity" is not a finite number.'],
    );
  });

  it('takes no NUL, and shows it in a way that a database can hold', async () => {
    const { refusals } = await engine.map([{ ...good, product: 'A\0B' }]);
    assert.equal(refusals[0]?.message, 'product: "A␀B" holds a NUL character.');
    assert.equal(JSON.stringify(refusals).includes('\\u0000'), false);
    const plain = compileMapping(mapping([{ to: 'out', from: 'in' }]));
    assert.equal((await plain.map([{ in: '\0' }])).refusals[0]?.message, 'in: "␀" holds a NUL character.');
  });

  it('takes no cell of 10 MB, and does not carry it along', async () => {
    const { refusals } = await engine.map([{ ...good, product: 'x'.repeat(10_000_000), $line: 2 }]);
    assert.match(refusals[0]!.message, /^product: "x+…" has 10000000 characters; at most 10000 are taken\.$/);
    assert.ok(JSON.stringify(refusals).length < 2_000);
    assert.equal(refusals[0]!.line, 2);
  });

  it('leaves a column called __proto__ a column', async () => {
    const row = JSON.parse(
      '{"product":"A","location":"WH","period":"2026-13","quantity":"1","__proto__":{"uom":"kg"},"constructor":"c"}',
    );
    const { records, refusals } = await engine.map([
      row,
      { ...JSON.parse('{"__proto__":{"uom":"kg"}}'), ...good, uom: undefined },
    ]);
    assert.equal(records[0]?.uom, undefined);
    assert.equal(Object.getPrototypeOf(refusals[0]!.record), Object.prototype);
    assert.equal(refusals[0]!.record.uom, undefined);
    assert.equal(({} as Record<string, unknown>).uom, undefined);
    const polluted = Object.create({ product: 'inherited' });
    assert.equal((await engine.map([polluted])).refusals[0]?.message, 'product is missing.');
  });

  it('says what is no record, no value, or a list', async () => {
    const given = [null, 'text', 7, [good], { ...good, product: ['A'] }, { ...good, product: { code: 'A' } }] as never[];
    const { refusals } = await engine.map(given);
    assert.deepEqual(
      refusals.map(({ message }) => message),
      [
        'is not a record.',
        '"text" is not a record.',
        '"7" is not a record.',
        'is not a record.',
        'product is a list, not a value; name the part of it that is meant.',
        'product is an object, not a value; name the part of it that is meant.',
      ],
    );
  });

  it('lets a negative quantity through, which a rule refuses with a reason of its own', async () => {
    assert.equal((await engine.map([{ ...good, quantity: '-5' }])).records[0]?.quantity, '-5');
  });

  it('carries only the marks that are marks', async () => {
    const marks = { $line: 4, $source: { lines: 2, quantity: '7' }, $confirmed: 'anna' };
    assert.deepEqual((await engine.map([{ ...good, ...marks, $evil: 1 }])).records[0], { ...good, ...marks });
    assert.deepEqual((await engine.map([{ ...good, $line: 'x', $source: 'y', $confirmed: 1 } as never])).records[0], good);
  });

  it('does not stall on 10,000 columns, whether they are periods or not', async () => {
    const columns = Object.fromEntries(Array.from({ length: 10_000 }, (_, index) => [`c${index}`, '1']));
    const wide = compileMapping(mapping([{ to: 'period', from: 'p' }], { wideToLong: { columns: '*', name: 'p', value: 'v' } }));
    const standstill = await longestStandstill(async () => {
      const plain = await engine.map([
        { ...good, ...columns },
        { ...columns, $line: 2 },
      ]);
      assert.equal(plain.records.length, 1);
      assert.ok(Object.keys(plain.refusals[0]!.record).length <= 101);
      const { refusals } = await wide.map([columns]);
      assert.equal(refusals[0]?.message, 'has 10000 columns that fit *; at most 1000 are taken.');
    });
    assert.ok(standstill < 100, `stood still for ${standstill.toFixed(0)} ms`);
  });

  it('matches column names without going back and forth for ever', async () => {
    const wide = compileMapping(
      mapping([{ to: 'a', from: 'p' }], { wideToLong: { columns: '*a*a*a*a*a*a*a*b', name: 'p', value: 'v' } }),
    );
    const started = performance.now();
    await wide.map([Object.fromEntries(Array.from({ length: 500 }, (_, index) => ['a'.repeat(190) + index, 1]))]);
    assert.ok(performance.now() - started < 1_000);
  });

  it('maps 100,000 lines, good or bad, in under two seconds, giving way all along', async () => {
    for (const period of [(index: number) => `2026-W${String(1 + (index % 52)).padStart(2, '0')}`, () => '2026-13']) {
      const rows = Array.from({ length: 100_000 }, (_, index) => ({
        ...good,
        period: period(index),
        quantity: `${index % 1_000},5`,
        $line: index + 2,
      }));
      let turns = 0;
      let running = true;
      const watch = (async () => {
        for (; running; turns += 1) await giveWay();
      })();
      const started = performance.now();
      const { records, refusals } = await engine.map(rows, { zone: 'Europe/Berlin' }).finally(() => {
        running = false;
      });
      const took = performance.now() - started;
      await watch;
      assert.equal(records.length + refusals.length, 100_000);
      assert.ok(took < 2_000, `${took.toFixed(0)} ms`);
      assert.ok(turns > took / 20, `gave way ${turns} times in ${took.toFixed(0)} ms`);
    }
  });

  it('stops when it is told to', async () => {
    const rows = Array.from({ length: 50_000 }, () => good);
    const control = new AbortController();
    setImmediate(() => control.abort(new Error('stopped')));
    await assert.rejects(engine.map(rows, { signal: control.signal }), /stopped/);
  });
});
