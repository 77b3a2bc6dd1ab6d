import assert from 'node:assert/strict';
import { createRequire } from 'node:module';
import { readEvent } from '../../lib/events/read-event.ts';
import { openStore, type Store } from '../../lib/store/open.ts';

type Message = { encode(message: object): { finish(): Uint8Array } };
const { org } = createRequire(import.meta.url)('sparkplug-payload/lib/sparkplugPayloadProto.js') as {
  org: { eclipse: { tahu: { protobuf: { Payload: Message } } } };
};

describe('Sparkplug B', () => {
  let store: Store;
  beforeEach(async () => {
    store = await openStore({ url: ':memory:' });
  });
  afterEach(() => store.close());
  const read = (kind: string, payload: Uint8Array, from = 'edge-1/press') => {
    const packet = { topic: `spBv1.0/acme/${kind}/${from}`, payload: Buffer.from(payload) };
    return readEvent(packet, { format: 'auto', mostBytes: 1_000_000, queue: 'q', births: store.births });
  };
  /** What protobuf makes of a payload, as it stands: fields that it does not name are not sent. */
  const wire = (payload: object) => org.eclipse.tahu.protobuf.Payload.encode({ timestamp: 1, seq: 0, ...payload }).finish();
  const send = (kind: string, payload: object, from?: string) => read(kind, wire(payload), from);
  const eventOf = async (kind: string, payload: object, from?: string) => {
    const answer = await send(kind, payload, from);
    return 'event' in answer ? answer.event : assert.fail(answer.refusal.message);
  };
  const dataOf = async (...metrics: object[]) => (await eventOf('DDATA', { metrics })).data;
  const refusalOf = async (answer: ReturnType<typeof read>) => {
    const given = await answer;
    return 'refusal' in given ? given.refusal.message : assert.fail('it was read');
  };

  describe('values', () => {
    const nested = (levels: number): object => ({
      name: 'm',
      ...(levels === 0
        ? { datatype: 3, intValue: 7 }
        : { datatype: 19, templateValue: { metrics: [nested(levels - 1)], parameters: [] } }),
    });
    const inProperties = (levels: number): object =>
      levels === 0
        ? { type: 3, intValue: 7 }
        : { type: 20, propertysetValue: { keys: ['p'], values: [inProperties(levels - 1)] } };

    it('are read from templates a few levels deep, and refused beyond that', async () => {
      assert.match(JSON.stringify(await dataOf(nested(10))), /7/);
      assert.match(await refusalOf(send('DDATA', { metrics: [nested(20)] })), /m is nested over 10 deep/);
      const metric = { name: 'm', datatype: 3, intValue: 1, properties: { keys: ['p'], values: [inProperties(20)] } };
      const template = { datatype: 19, templateValue: { metrics: [metric], parameters: [] } };
      assert.match(await refusalOf(send('DDATA', { metrics: [{ name: 't', ...template }] })), /t is nested over 10 deep/);
    });

    it('are refused at once where they nest as deep as a message can', async function () {
      this.timeout(5_000);
      let metric: Buffer = Buffer.alloc(0);
      const field = (tag: number, bytes: Buffer) => {
        const length: number[] = [];
        for (let left = bytes.length; ; left >>>= 7) {
          length.push(left > 127 ? (left & 127) | 128 : left);
          if (left <= 127) break;
        }
        return Buffer.concat([Buffer.from([(tag << 3) | 2, ...length]), bytes]);
      };
      for (let level = 0; level < 10_000; level++) metric = field(18, field(2, metric)).subarray();
      assert.match(await refusalOf(read('DDATA', field(2, metric))), /not Sparkplug B|nested/);
    });

    it('are refused in words where protobuf cannot read them', async () => {
      const whole = wire({ metrics: [{ name: 'Output', datatype: 3, intValue: 1 }] });
      assert.match(await refusalOf(read('DDATA', whole.subarray(0, -3))), /not Sparkplug B: protobuf cannot read it/);
    });

    it('are those of each datatype', async () => {
      const named = { numOfColumns: 2, columns: ['n', 's'], types: [3, 12] };
      const elements = [{ intValue: 0xffffffff }, { stringValue: 'a' }];
      const data = await dataOf(
        { name: 'Int8', datatype: 1, intValue: 0xffffffff },
        { name: 'UInt32', datatype: 7, intValue: 0xffffffff },
        { name: 'UInt32 in 64', datatype: 7, longValue: 4_000_000_000 },
        { name: 'Int64', datatype: 4, longValue: -5 },
        { name: 'UInt64', datatype: 8, longValue: 5 },
        { name: 'Double', datatype: 10, doubleValue: 0.1 },
        { name: 'Boolean', datatype: 11, booleanValue: false },
        { name: 'String', datatype: 12, stringValue: '' },
        { name: 'Bytes', datatype: 17, bytesValue: Buffer.from([1, 2]) },
        { name: 'DataSet', datatype: 16, datasetValue: { ...named, rows: [{ elements }] } },
        { name: 'null', datatype: 3, isNull: true },
      );
      assert.deepEqual(data, {
        Int8: -1,
        UInt32: 0xffffffff,
        'UInt32 in 64': 4_000_000_000,
        Int64: -5,
        UInt64: 5,
        Double: 0.1,
        Boolean: false,
        String: '',
        Bytes: 'AQI=',
        DataSet: { numOfColumns: 2, columns: ['n', 's'], types: ['Int32', 'String'], rows: [[-1, 'a']] },
        null: null,
      });
    });

    it('are lists where the datatype is one', async () => {
      const array = (name: string, datatype: number, ...bytes: number[]) => ({ name, datatype, bytesValue: Buffer.from(bytes) });
      const data = await dataOf(
        array('Int8Array', 22, 0xef, 0x7b),
        array('Int16Array', 23, 0x30, 0x80, 0x4a, 0x7f),
        array('UInt64Array', 29, 5, 0, 0, 0, 0, 0, 0, 0),
        array('BooleanArray', 32, 12, 0, 0, 0, 0x34, 0xd0),
        array('StringArray', 33, 0x41, 0x42, 0, 0x43, 0),
      );
      const [no, yes] = [false, true];
      assert.deepEqual(data, {
        Int8Array: [-17, 123],
        Int16Array: [-32_720, 32_586],
        UInt64Array: [5],
        BooleanArray: [no, no, yes, yes, no, yes, no, no, yes, yes, no, yes],
        StringArray: ['AB', 'C'],
      });
      for (const broken of [array('a', 23, 1), array('a', 32, 255, 255, 255, 255, 1), array('a', 33, 0x41)])
        assert.match(await refusalOf(send('DDATA', { metrics: [broken] })), /a is no .*Array/);
    });

    it('of a template keep what each of its members says', async () => {
      const members = [{ name: 'rpm', alias: 4, datatype: 3, intValue: 0xffffffff, timestamp: 9 }];
      const parameters = [{ name: 'of', type: 12, stringValue: 'press' }];
      const templateValue = { templateRef: 'Motor', isDefinition: false, metrics: members, parameters };
      assert.deepEqual(await dataOf({ name: 'motor', datatype: 19, templateValue }), {
        motor: {
          templateRef: 'Motor',
          isDefinition: false,
          metrics: [{ name: 'rpm', alias: 4, timestamp: 9, type: 'Int32', value: -1 }],
          parameters: [{ name: 'of', type: 'String', value: 'press' }],
        },
      });
    });
  });

  describe('datatypes', () => {
    const birth = [
      { name: 'bySign', alias: 1, datatype: 3, intValue: 0 },
      { name: 'byList', alias: 2, datatype: 23, bytesValue: Buffer.alloc(0) },
      { name: 'byName', datatype: 4, longValue: 0 },
    ];
    const data = [
      { alias: 1, intValue: 0xffffffff },
      { alias: 2, bytesValue: Buffer.from([1, 0]) },
      { name: 'byName', longValue: -2 },
    ];

    it('are those of the birth where data comes without', async () => {
      await eventOf('DBIRTH', { metrics: birth });
      assert.deepEqual(await dataOf(...data), { bySign: -1, byList: [1], byName: -2 });
      assert.deepEqual(await dataOf({ alias: 1, datatype: 7, intValue: 0xffffffff }), { bySign: 0xffffffff });
      assert.deepEqual(await dataOf({ alias: 1, isNull: true }), { bySign: null });
    });

    it('are asked for where nobody has told them and the value means nothing without', async () => {
      await eventOf('DBIRTH', { metrics: [{ name: 'Output', alias: 1, isNull: true }] });
      for (const metric of [
        { alias: 1, intValue: 1 },
        { name: 'Scrap', longValue: 1 },
        { name: 'Scrap', datatype: 99, bytesValue: Buffer.from([1]) },
      ])
        assert.match(
          await refusalOf(send('DDATA', { metrics: [metric] })),
          /(Output|Scrap) comes without a datatype.*birth again/,
        );
      assert.deepEqual(await dataOf({ alias: 1, doubleValue: 1.5 }), { Output: 1.5 });
    });

    it('and names of data are refused where no store can look them up', async () => {
      assert.match(await refusalOf(send('DDATA', { metrics: [{ name: 'a\0b', intValue: 1 }] })), /NUL/);
      await eventOf('DBIRTH', { metrics: birth });
      const metrics = [
        { name: 'byName', longValue: 1 },
        { datatype: 3, intValue: 1 },
      ];
      assert.match(await refusalOf(send('DDATA', { metrics })), /neither name nor alias/);
      await eventOf('DBIRTH', { metrics: [{ name: 'é'.repeat(500), datatype: 3, intValue: 1 }] });
      assert.match(await refusalOf(send('DBIRTH', { metrics: [{ name: 'é'.repeat(501) }] })), /has over 1000 bytes/);
    });
  });

  it('keeps every value of a name that comes several times, in their order', async () => {
    await eventOf('DBIRTH', { metrics: [{ name: 'Output', alias: 1, datatype: 3, intValue: 0 }] });
    const metrics = [
      { alias: 1, intValue: 5 },
      { name: 'Scrap', datatype: 3, intValue: 2 },
      { name: 'Output', intValue: 6 },
    ];
    assert.deepEqual(await dataOf(...metrics, { alias: 1, isNull: true }), { Output: [5, 6, null], Scrap: 2 });
  });

  describe('sessions', () => {
    const bdSeq = (value: number) => ({ name: 'bdSeq', datatype: 8, longValue: value });
    const output = (name: string) => ({ name, alias: 1, datatype: 3, intValue: 0 });
    const silent = { timestamp: undefined, seq: undefined };
    const node = 'edge-1';
    const nodeData = async () => (await eventOf('NDATA', { metrics: [{ alias: 1, intValue: 7 }] }, node)).data;
    const isForgotten = async () =>
      assert.match(await refusalOf(send('NDATA', { metrics: [{ alias: 1, intValue: 7 }] }, node)), /birth again/);

    it('are told by deaths and births, so that the next death is no repetition', async () => {
      const deaths: Awaited<ReturnType<typeof eventOf>>[] = [];
      for (const session of [4, 5, 5]) deaths.push(await eventOf('NDEATH', { ...silent, metrics: [bdSeq(session)] }, node));
      assert.deepEqual(
        deaths.map(({ data }) => data),
        [{ bdSeq: 4 }, { bdSeq: 5 }, { bdSeq: 5 }],
      );
      assert.deepEqual(new Set(deaths.map(({ id }) => id)).size, 2);
      const birth = async (session: number) => (await eventOf('NBIRTH', { metrics: [bdSeq(session)] }, node)).id;
      assert.notEqual(await birth(4), await birth(5));
      const { datatype: _, ...untyped } = bdSeq(6);
      assert.deepEqual((await eventOf('NDEATH', { ...silent, metrics: [untyped] }, node)).data, { bdSeq: 6 });
      assert.equal((await eventOf('NDEATH', {}, node)).id, 'spBv1.0/acme/NDEATH/edge-1#1#0');
    });

    it('end by their own death only', async () => {
      await eventOf('NBIRTH', { metrics: [bdSeq(5), output('Output')] }, node);
      await eventOf('NDEATH', { ...silent, metrics: [bdSeq(4)] }, node);
      assert.deepEqual(await nodeData(), { Output: 7 });
      await eventOf('NDEATH', { ...silent, metrics: [bdSeq(5)] }, node);
      await isForgotten();
    });

    it('end by any death where one of the two does not say which it is of', async () => {
      await eventOf('NBIRTH', { metrics: [bdSeq(5), output('Output')] }, node);
      await eventOf('NDEATH', silent, node);
      await isForgotten();
      await eventOf('NBIRTH', { metrics: [output('Output')] }, node);
      await eventOf('NDEATH', { ...silent, metrics: [bdSeq(5)] }, node);
      await isForgotten();
    });

    it('are not gone back to by an older birth, which is an event all the same', async () => {
      await eventOf('NBIRTH', { timestamp: 20, metrics: [bdSeq(5), output('Output')] }, node);
      const { data } = await eventOf('NBIRTH', { timestamp: 10, metrics: [bdSeq(4), output('Scrap')] }, node);
      assert.deepEqual(data, { bdSeq: 4, Scrap: 0 });
      assert.deepEqual(await nodeData(), { Output: 7 });
    });

    it('are read whatever times and numbers a message holds', async () => {
      const highest = '18446744073709551615';
      const longest = { __proto__: null, low: -1, high: -1, unsigned: true };
      const metrics = [{ name: 'bdSeq', datatype: 8, longValue: longest }, output('Output')];
      const event = await eventOf('NBIRTH', { timestamp: longest, seq: longest, metrics }, node);
      assert.deepEqual([event.time, event.data.bdSeq], [undefined, highest]);
      assert.deepEqual(await nodeData(), { Output: 7 });
    });
  });
});
