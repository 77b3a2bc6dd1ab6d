import assert from 'node:assert/strict';
import { createRequire } from 'node:module';
import fc from 'fast-check';
import { eventKey } from '../../lib/canonical/event.ts';
import type { Packet } from '../../lib/events/packet.ts';
import { eventReader, FORMATS } from '../../lib/events/read-event.ts';

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
const reading = (given: Packet, read = eventReader('auto', 100_000)) => read(given);
const eventOf = (given: Packet, read?: ReturnType<typeof eventReader>) => {
  const answer = reading(given, read);
  return 'event' in answer ? answer.event : assert.fail(answer.refusal.message);
};
const refusalOf = (given: Packet, read?: ReturnType<typeof eventReader>) => {
  const answer = reading(given, read);
  return 'refusal' in answer ? answer.refusal : assert.fail('it was read');
};

describe('reading events', () => {
  const delay = { order: 'WH/MO/00002', delayMinutes: 120 };

  it('takes from the topic what plain JSON does not say', () => {
    const event = eventOf(packet(JSON.stringify({ id: 7, ...delay, timestamp: '2026-12-01T06:12:00Z' })));
    assert.deepEqual(event, {
      specversion: '1.0',
      id: '7',
      source: '/acme/WH/assembly/line-1',
      type: 'planbridge.production-delay',
      time: '2026-12-01T06:12:00Z',
      data: delay,
    });
  });

  it('knows JSON without an id by its content and topic', () => {
    const key = (text: string, topic = TOPIC) => eventKey(eventOf(packet(text, { topic })));
    assert.equal(key('{"a":1}'), key('{"a":1}'));
    assert.notEqual(key('{"a":1}'), key('{"a":2}'));
    assert.notEqual(key('{"a":1}'), key('{"a":1}', 'acme/WH/assembly/line-2/x'));
  });

  it('reads a structured CloudEvent, by its content type or without one', () => {
    const given = { specversion: '1.0', id: '1', source: '/s', type: 't', subject: null, data: delay };
    const expected = { specversion: '1.0', id: '1', source: '/s', type: 't', data: delay };
    const text = JSON.stringify(given);
    assert.deepEqual(eventOf(packet(text, { contentType: 'application/cloudevents+json; charset=utf-8' })), expected);
    assert.deepEqual(eventOf(packet(text), eventReader('cloudevents', 1000)), expected);
  });

  it('reads a binary CloudEvent of MQTT 5', () => {
    const userProperties = { specversion: '1.0', id: '1', source: '/s', type: 't' };
    const event = eventOf(packet(JSON.stringify(delay), { contentType: 'application/json', userProperties }));
    assert.deepEqual(event, { specversion: '1.0', id: '1', source: '/s', type: 't', data: delay });
  });

  it('reads Sparkplug B by the aliases of its births', () => {
    const read = eventReader('auto', 100_000);
    const place = 'spBv1.0/acme/%/edge-1/press-4';
    const send = (kind: string, payload: object) =>
      read({ topic: place.replace('%', kind), payload: Buffer.from(sparkplug.encodePayload(payload)) });
    const data = { timestamp: 1_796_108_400_000, seq: 3, metrics: [{ alias: 2, value: 17, type: 'Int32' }] };

    const unborn = send('DDATA', data);
    assert.match('refusal' in unborn ? unborn.refusal.message : '', /alias 2/);
    send('DBIRTH', { timestamp: 1, seq: 1, metrics: [{ name: 'Output', alias: 2, value: 0, type: 'Int32' }] });
    const born = send('DDATA', data);
    assert.ok('event' in born);
    assert.deepEqual(born.event.data, { Output: 17 });
    assert.equal(born.event.source, '/acme/edge-1/press-4');
    assert.equal(born.event.time, new Date(1_796_108_400_000).toISOString());
    read({
      topic: 'spBv1.0/acme/NBIRTH/edge-1',
      payload: Buffer.from(sparkplug.encodePayload({ timestamp: 2, seq: 0, metrics: [] })),
    });
    assert.ok('refusal' in send('DDATA', { ...data, seq: 4 }), 'a birth of the node ends what its devices said before');
  });

  it('says what is wrong with what it cannot read', () => {
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
      const refusal = refusalOf(packet(payload));
      assert.match(refusal.message, why);
      assert.deepEqual([refusal.reason, refusal.source], ['MALFORMED', TOPIC]);
      assert.ok(JSON.stringify(refusal).length < 5_000);
    }
    assert.equal(({} as { a?: number }).a, undefined);
  });

  it('answers whatever comes, in every format', () => {
    for (const format of FORMATS) {
      const read = eventReader(format, 100_000);
      const topic = fc.constantFrom(TOPIC, 'spBv1.0/g/DDATA/e/d', 'spBv1.0/g/NBIRTH/e', 'spBv1.0', '');
      fc.assert(
        fc.property(
          topic,
          fc.oneof(
            fc.uint8Array({ maxLength: 300 }),
            fc.json().map((text) => Buffer.from(text)),
          ),
          (name, bytes) => {
            const answer = read({ topic: name, payload: Buffer.from(bytes) });
            assert.ok('event' in answer || answer.refusal.message.length > 0);
          },
        ),
      );
    }
  });
});
