import assert from 'node:assert/strict';
import { Readable } from 'node:stream';
import { IntakeError } from '../../lib/intake/errors.ts';
import { type RowOptions, readRows } from '../../lib/intake/rows.ts';
import { longestStall } from '../support/stall.ts';

const CSV = { contentType: 'text/csv', maxBytes: 1e8 };
const JSON_TYPE = { contentType: 'application/json', maxBytes: 1e8 };

async function read(body: string | Buffer | Readable, options: RowOptions = CSV) {
  const rows = [];
  for await (const batch of readRows(body, options).batches) rows.push(...batch);
  return rows;
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

  it('loses only the line with a quote that never closes, or with one that makes no sense', async () => {
    const rows = await read('a,b\n1,2\n"3,4\n5,6\n"7"8,9\n"10",11\n"12,13');
    assert.deepEqual(
      rows.map((row) => row.a ?? row.$line),
      ['1', 3, '5', 5, '10', 7],
    );
    assert.match(String(rows[1]?.$unreadable), /Line 3: a quote stands inside a quoted value/);
    assert.match(String(rows[5]?.$unreadable), /Line 7: a quote opens and is still open at the end/);
  });

  it('cuts the same rows whatever pieces the text comes in', async () => {
    const text = 'a,b\r\n"x\r\ny",1\r\n\r\n"z,2\r\nä,"3"\r4,"5""6"\n7,8" \n9,"10';
    const whole = await read(text);
    assert.equal(whole.length, 6);
    for (let size = 1; size < 20; size++) {
      const pieces = [];
      for (let at = 0, bytes = Buffer.from(text); at < bytes.length; at += size) pieces.push(bytes.subarray(at, at + size));
      assert.deepEqual(await read(Readable.from(pieces)), whole, `in pieces of ${size}`);
    }
  });

  it('loses only the line that is far too long', async () => {
    const rows = await read(`a,b\n${'x'.repeat(3_000_000)},1\n2,3\n`);
    assert.match(String(rows[0]?.$unreadable), /Line 2: it has over 262144 characters/);
    assert.deepEqual([rows.length, rows[1]?.a, rows[1]?.$line], [2, '2', 3]);
  });

  it('tells Windows-1252 from UTF-8 however far into the body the first special character stands', async () => {
    const text = `a,b\n${'1,2\n'.repeat(50_000)}müsli,3\n`;
    for (const bytes of [Buffer.from(text), Buffer.from(text, 'latin1')]) assert.equal((await read(bytes)).at(-1)?.a, 'müsli');
  });

  it('lets nobody forge a mark from outside', async () => {
    const [row] = await read('a,$source,$line\n1,x,99\n');
    assert.deepEqual(row, { a: '1', $line: 2 });
    const [record] = await read('[{"a":1,"$source":{"lines":5},"$unreadable":"x"}]', JSON_TYPE);
    assert.deepEqual(record, { a: 1, $line: 1 });
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

  it('gives a number that is none, a NUL or a far too long value as unreadable, and goes on', async () => {
    const rows = await read(`[{"a":1e400},{"a":"x\\u0000"},{"a":"${'x'.repeat(100_001)}"},{"a":2}]`, JSON_TYPE);
    assert.deepEqual(
      rows.map((row) => /too large a number|NUL|100001 characters/.exec(String(row.$unreadable))?.[0]),
      ['too large a number', 'NUL', '100001 characters', undefined],
    );
    assert.equal(rows[3]?.a, 2);
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
      [`${Array.from({ length: 10_000 }, (_, at) => `column ${at}`).join(',')}\n${`${'1,'.repeat(9_999)}1\n`.repeat(20)}`, CSV],
      [`a,b\n${'1"",a"b\n'.repeat(30_000)}`, CSV],
      [`a,b\n${'"1,2\n'.repeat(30_000)}`, CSV],
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
