import assert from 'node:assert/strict';
import { createRequire } from 'node:module';
import fc from 'fast-check';
import { eventKey } from '../../lib/canonical/event.ts';
import type { Packet } from '../../lib/events/packet.ts';
import { FORMATS, type ReadingOptions, readEvent } from '../../lib/events/read-event.ts';
import { StoreError } from '../../lib/store/errors.ts';
import { openStore, type Store } from '../../lib/store/open.ts';

const { get } = createRequire(import.meta.url)('sparkplug-payload') as {
  get(name: string): { encodePayload(payload: object): Uint8Array };
};
const sparkplug = get('spBv1.0');

const TOPIC = 'acme/WH/assembly/line-1/production-delay';
const packet = (payload: string | Uint8Array, more: Partial<Packet> = {}): Packet => ({
  topic: TOPIC,
  payload: Buffer.from(payload as string),
  ...more,
});

describe('reading events', () => {
  let store: Store;
  before(async () => {
    store = await openStore({ url: ':memory:' });
  });
  after(() => store.close());
  const reading = (given: Packet, more: Partial<ReadingOptions> = {}) =>
    readEvent(given, { format: 'auto', mostBytes: 100_000, queue: 'q', births: store.births, ...more });
  const eventOf = async (given: Packet, more?: Partial<ReadingOptions>) => {
    const answer = await reading(given, more);
    return 'event' in answer ? answer.event : assert.fail(answer.refusal.message);
  };
  const refusalOf = async (given: Packet, more?: Partial<ReadingOptions>) => {
    const answer = await reading(given, more);
    return 'refusal' in answer ? answer.refusal : assert.fail('it was read');
  };
  const delay = { order: 'WH/MO/00002', delayMinutes: 120 };

  it('takes from the topic what plain JSON does not say', async () => {
    const event = await eventOf(packet(JSON.stringify({ id: 7, ...delay, timestamp: '2026-12-01T06:12:00Z' })));
    assert.deepEqual(event, {
      specversion: '1.0',
      id: '7',
      source: '/acme/WH/assembly/line-1',
      type: 'planbridge.production-delay',
      time: '2026-12-01T06:12:00Z',
      data: delay,
    });
  });

  it('knows JSON without an id by its content and topic', async () => {
    const key = async (text: string, topic = TOPIC) => eventKey(await eventOf(packet(text, { topic })));
    assert.equal(await key('{"a":1}'), await key('{"a":1}'));
    assert.notEqual(await key('{"a":1}'), await key('{"a":2}'));
    assert.notEqual(await key('{"a":1}'), await key('{"a":1}', 'acme/WH/assembly/line-2/x'));
  });

  it('reads a structured CloudEvent, by its content type or without one', async () => {
    const given = { specversion: '1.0', id: '1', source: '/s', type: 't', subject: null, data: delay };
    const expected = { specversion: '1.0', id: '1', source: '/s', type: 't', data: delay };
    const text = JSON.stringify(given);
    assert.deepEqual(await eventOf(packet(text, { contentType: 'application/cloudevents+json; charset=utf-8' })), expected);
    assert.deepEqual(await eventOf(packet(text), { format: 'cloudevents' }), expected);
  });

  it('reads a binary CloudEvent of MQTT 5', async () => {
    const userProperties = { specversion: '1.0', id: '1', source: '/s', type: 't' };
    const event = await eventOf(packet(JSON.stringify(delay), { contentType: 'application/json', userProperties }));
    assert.deepEqual(event, { specversion: '1.0', id: '1', source: '/s', type: 't', data: delay });
  });

  describe('of Sparkplug B', () => {
    const place = 'spBv1.0/acme/%/edge-1/press-4';
    const send = (kind: string, payload: object, more: Partial<ReadingOptions & { topic: string }> = {}) => {
      const topic = (more.topic ?? place).replace('%', kind);
      return reading({ topic, payload: Buffer.from(sparkplug.encodePayload(payload)) }, more);
    };
    const data = { timestamp: 1_796_108_400_000, seq: 3, metrics: [{ alias: 2, value: 17, type: 'Int32' }] };
    const birth = (name: string) => ({ timestamp: 1, seq: 1, metrics: [{ name, alias: 2, value: 0, type: 'Int32' }] });
    const node = { topic: 'spBv1.0/acme/%/edge-1' };
    const outputOf = (answer: Awaited<ReturnType<typeof send>>) =>
      'event' in answer ? answer.event.data : assert.fail(answer.refusal.message);
    const isRefused = (answer: Awaited<ReturnType<typeof send>>) => {
      assert.ok('refusal' in answer, 'it was read');
      assert.match(answer.refusal.message, /alias 2 .*send its birth again/);
    };

    it('knows data by the aliases of the last birth', async () => {
      isRefused(await send('DDATA', data));
      await send('DBIRTH', birth('Output'));
      const born = await send('DDATA', data);
      assert.ok('event' in born);
      assert.deepEqual(born.event.data, { Output: 17 });
      assert.equal(born.event.source, '/acme/edge-1/press-4');
      assert.equal(born.event.time, new Date(1_796_108_400_000).toISOString());
      await send('DBIRTH', birth('Scrap'));
      assert.deepEqual(outputOf(await send('DDATA', data)), { Scrap: 17 });
    });

    it('keeps edge nodes, devices and receivers apart', async () => {
      await send('DBIRTH', birth('Output'));
      isRefused(await send('NDATA', data, node));
      isRefused(await send('DDATA', data, { topic: 'spBv1.0/acme/%/edge-1/press-5' }));
      isRefused(await send('DDATA', data, { queue: 'another' }));
    });

    it('forgets what was said before a death, and of devices when their node dies or is born', async () => {
      const other = { topic: 'spBv1.0/acme/%/edge-10/press-4' };
      await send('DBIRTH', birth('Output'), other);
      for (const [kind, of] of [
        ['DDEATH', {}],
        ['NDEATH', node],
        ['NBIRTH', node],
      ] as const) {
        await send('DBIRTH', birth('Output'));
        await send(kind, { timestamp: 2, seq: 0, metrics: [] }, of);
        isRefused(await send('DDATA', data));
      }
      assert.deepEqual(outputOf(await send('DDATA', data, other)), { Output: 17 });
    });

    it('takes a birth of thousands of metrics', async () => {
      const metrics = Array.from({ length: 3_000 }, (_, at) => ({ name: `m${at}`, alias: at, value: at, type: 'Int32' }));
      await send('NBIRTH', { timestamp: 3, seq: 0, metrics }, node);
      const all = metrics.map(({ alias, value, type }) => ({ alias, value, type }));
      const read = outputOf(await send('NDATA', { ...data, metrics: all }, node));
      assert.deepEqual([Object.keys(read).length, read.m2999], [3_000, 2_999]);
    });

    it('leaves a message to be taken again while the store does not answer', async () => {
      const away = () => Promise.reject(new StoreError('unavailable', 'away'));
      const births = { told: away, born: away, died: away };
      await assert.rejects(send('DBIRTH', birth('Output'), { births }), { code: 'unavailable' });
      await assert.rejects(send('DDATA', data, { births }), { code: 'unavailable' });
    });
  });

  it('says what is wrong with what it cannot read', async () => {
    const deep = `${'{"a":'.repeat(60)}1${'}'.repeat(60)}`;
    const cases: [string | Uint8Array, RegExp][] = [
      ['', /not JSON/],
      ['[1]', /no object/],
      ['{"a":', /not JSON/],
      [Uint8Array.of(0x7b, 0xff, 0x7d), /not text in UTF-8/],
      ['{"q":1e400}', /q is too large a number/],
      ['{"q":"a\\u0000b"}', /q holds a NUL/],
      ['{"__proto__":{"a":1}}', /__proto__/],
      [deep, /nested over 50 deep/],
      [`{"q":"${'x'.repeat(200_000)}"}`, /200008 bytes; the most is 100000/],
      ['{"time":"yesterday"}', /time is not right/],
      ['{"id":""}', /id is not right/],
    ];
    for (const [payload, why] of cases) {
      const refusal = await refusalOf(packet(payload));
      assert.match(refusal.message, why);
      assert.deepEqual([refusal.reason, refusal.source], ['MALFORMED', TOPIC]);
      assert.ok(JSON.stringify(refusal).length < 5_000);
    }
    assert.equal(({} as { a?: number }).a, undefined);
  });

  it('answers whatever comes, in every format', async () => {
    for (const format of FORMATS) {
      const topic = fc.constantFrom(TOPIC, 'spBv1.0/g/DDATA/e/d', 'spBv1.0/g/NBIRTH/e', 'spBv1.0', '');
      await fc.assert(
        fc.asyncProperty(
          topic,
          fc.oneof(
            fc.uint8Array({ maxLength: 300 }),
            fc.json().map((text) => Buffer.from(text)),
          ),
          async (name, bytes) => {
            const answer = await reading({ topic: name, payload: Buffer.from(bytes) }, { format });
            assert.ok('event' in answer || answer.refusal.message.length > 0);
          },
        ),
      );
    }
  });
});
