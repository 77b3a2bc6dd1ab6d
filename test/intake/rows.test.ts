import assert from 'node:assert/strict';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { Readable } from 'node:stream';
import { IntakeError } from '../../lib/intake/errors.ts';
import { type RowOptions, readRows } from '../../lib/intake/rows.ts';

const CSV = { contentType: 'text/csv', maxBytes: 1e8 };
const JSON_TYPE = { contentType: 'application/json', maxBytes: 1e8 };

async function read(body: string | Buffer | Readable, options: RowOptions = CSV) {
  const rows = [];
  for await (const batch of readRows(body, options).batches) rows.push(...batch);
  return rows;
}

/** The longest that the event loop stood still while the work went on, in milliseconds. */
async function longestStall(work: () => Promise<unknown>): Promise<number> {
  const delay = monitorEventLoopDelay({ resolution: 5 });
  delay.enable();
  await work();
  delay.disable();
  return delay.max / 1e6;
}

describe('reading CSV', () => {
  for (const [name, text] of [
    ['commas', 'a,b\n1,2\n'],
    ['semicolons', 'a;b\n1;2\n'],
    ['tabs', 'a\tb\n1\t2\n'],
    ['a byte order mark', '\ufeffa,b\n1,2\n'],
    ['Windows line ends', 'a,b\r\n1,2\r\n'],
    ['quotes', '"a","b"\n"1","2"\n'],
    ['no line end at the end', 'a,b\n1,2'],
    ['blank lines', 'a,b\n\n1,2\n\n'],
    ['spaces around the names', ' a , b \n1,2\n'],
  ] as const)
    it(`finds its way with ${name}`, async () => {
      const [row] = await read(text);
      assert.deepEqual([row?.a, row?.b], ['1', '2']);
    });

  it('reads UTF-8, UTF-16 and Windows-1252 alike', async () => {
    const text = 'a,b\nmüsli,ñ\n';
    for (const bytes of [Buffer.from(text), Buffer.from(`\ufeff${text}`, 'utf16le'), Buffer.from(text, 'latin1')])
      assert.equal((await read(bytes))[0]?.a, 'müsli');
  });

  it('knows on which line of the file each row begins, past quoted line ends and blank lines', async () => {
    const rows = await read('a,b\n"x\ny",1\n\nz,2\nw,3\n');
    assert.deepEqual(
      rows.map((row) => [row.a, row.$line]),
      [
        ['x\ny', 2],
        ['z', 5],
        ['w', 6],
      ],
    );
  });

  it('keeps a decimal comma and a quote within a cell as they are', async () => {
    const [row] = await read('a;b\n1,5;19" wheel\n');
    assert.deepEqual([row?.a, row?.b], ['1,5', '19" wheel']);
  });

  it('tells the line that cannot be read, and goes on', async () => {
    const rows = await read(`a,b\n1\n2,3,4\n5,x\0y\n6,${'z'.repeat(100_001)}\n7,8\n`);
    assert.deepEqual(
      rows.map((row) => row.$line),
      [2, 3, 4, 5, 6],
    );
    const why = rows.map((row) => row.$unreadable);
    assert.match(String(why[0]), /Line 2: it has 1 columns, the header has 2/);
    assert.match(String(why[1]), /Line 3: it has 3 columns/);
    assert.match(String(why[2]), /NUL/);
    assert.match(String(why[3]), /value of b has 100001 characters/);
    assert.equal(rows[4]?.a, '7');
  });

  it('loses no line before a quote that never closes, and says where that is', async () => {
    const rows = await read('a,b\n1,2\n"3,4\n5,6\n');
    assert.equal(rows[0]?.a, '1');
    assert.match(String(rows[1]?.$unreadable), /quote opens here or above and never closes/);
  });

  it('takes a column called __proto__ for a column', async () => {
    const [row] = await read('__proto__,b\nevil,2\n');
    assert.deepEqual(Object.keys(row ?? {}), ['__proto__', 'b', '$line']);
    assert.equal(Object.getPrototypeOf(row), Object.prototype);
  });

  it('refuses what is no table with the reason', async () => {
    for (const [text, code, message] of [
      ['', 'empty', /empty/],
      ['  \n ', 'empty', /empty/],
      ['a,a\n1,2\n', 'unreadable', /names a column twice: a/],
      [`${Array.from({ length: 10_001 }, (_, at) => `c${at}`).join(',')}\n`, 'unreadable', /10001 columns/],
    ] as const)
      await assert.rejects(
        read(text),
        (error) => error instanceof IntakeError && error.code === code && error.status === 400 && message.test(error.message),
      );
  });

  it('names the columns that are missing and those that were found', async () => {
    await assert.rejects(read('item,place\n1,2\n', { ...CSV, columns: ['product', 'place'] }), (error) => {
      assert.ok(error instanceof IntakeError);
      assert.deepEqual(error.details, { missing: ['product'], found: ['item', 'place'] });
      return error.code === 'missing-columns';
    });
  });

  it('refuses a body over the limit without reading it to its end', async () => {
    let given = 0;
    const endless = Readable.from(
      (function* () {
        yield Buffer.from('a,b\n');
        for (; given < 1e9; given += 10_000) yield Buffer.from('1,2\n'.repeat(2_500));
      })(),
    );
    await assert.rejects(
      read(endless, { contentType: 'text/csv', maxBytes: 1_000_000 }),
      (error) => error instanceof IntakeError && error.status === 413,
    );
    assert.ok(given < 3_000_000, `${given} bytes were read`);
  });
});

describe('reading JSON', () => {
  for (const [name, text] of [
    ['a list', '[{"a":1},{"a":2}]'],
    ['a list with white space', ' [\n {"a": 1} ,\n{"a":2}\n]\n'],
    ['lines in an object', '{"lines":[{"a":1},{"a":2}]}'],
    ['lines after other fields', '{"source":"x","lines":[{"a":1},{"a":2}]}'],
    ['one object a line', '{"a":1}\n{"a":2}\n'],
  ] as const)
    it(`reads ${name}`, async () => {
      assert.deepEqual(await read(text, JSON_TYPE), [
        { a: 1, $line: 1 },
        { a: 2, $line: 2 },
      ]);
    });

  it('reads the same whatever pieces the text comes in', async () => {
    const text = '[{"a":"x\\"]},{","b":[1,{"c":2}]}, {"a":"\\\\"} ,5]';
    const whole = await read(text, JSON_TYPE);
    assert.match(String(whole[2]?.$unreadable), /not an object/);
    for (let size = 1; size < 12; size++) {
      const pieces = [];
      for (let at = 0; at < text.length; at += size) pieces.push(Buffer.from(text.slice(at, at + size)));
      assert.deepEqual(await read(Readable.from(pieces), JSON_TYPE), whole, `in pieces of ${size}`);
    }
  });

  it('refuses what is not JSON, breaks off or goes on', async () => {
    for (const text of [
      '[{"a":1}',
      '[{"a":1},',
      '[{"a":1}]x',
      '[{"a":1}{"a":2}]',
      '[,]',
      '{"a":',
      '[{"a":01}]',
      'hello',
      '[{"a":"b}]',
    ])
      await assert.rejects(read(text, JSON_TYPE), (error) => error instanceof IntakeError && error.code === 'unreadable', text);
  });

  it('gives a record that is nested too deep as unreadable, and goes on', async () => {
    const rows = await read(`[${'{"a":'.repeat(60)}1${'}'.repeat(60)},{"a":2}]`, JSON_TYPE);
    assert.match(String(rows[0]?.$unreadable), /nested/);
    assert.equal(rows[1]?.a, 2);
  });

  it('does not set a prototype', async () => {
    const [row] = await read('[{"__proto__":{"admin":true},"a":1}]', JSON_TYPE);
    assert.equal((row as { admin?: boolean }).admin, undefined);
    assert.equal(row?.a, 1);
  });
});

describe('a body', () => {
  it('of a type that is neither is refused by name', async () => {
    await assert.rejects(read('x', { contentType: 'image/png', maxBytes: 100 }), /image\/png is not taken/);
  });

  it('without a type is told by how it begins', async () => {
    assert.equal((await read('[{"a":1}]', { maxBytes: 100 }))[0]?.a, 1);
    assert.equal((await read('a,b\n1,2', { maxBytes: 100 }))[0]?.a, '1');
  });

  it('never holds up the event loop, however it is made', async () => {
    const bodies = [
      [`a,b\n${'1,2\n'.repeat(300_000)}`, CSV],
      [`a,b\n1,"${'x'.repeat(10_000_000)}"\n`, CSV],
      [`a,b\n${'x'.repeat(10_000_000)}`, CSV],
      [`[${'{"a":1,"b":"two"},'.repeat(200_000)}{}]`, JSON_TYPE],
      [`["${'x'.repeat(10_000_000)}"]`, JSON_TYPE],
      [`${'['.repeat(5_000_000)}`, JSON_TYPE],
    ] as const;
    for (const [body, options] of bodies) {
      const buffer = Buffer.from(body);
      const stall = await longestStall(() => read(buffer, options).catch(() => undefined));
      assert.ok(stall < 50, `${body.slice(0, 20)}… held it up for ${stall} ms`);
    }
  }).timeout(60_000);
});
