/** Messages and files of any bytes at all, among good ones. */
import assert from 'node:assert/strict';
import fc from 'fast-check';
import mqtt from 'mqtt';
import { mosquittoPath } from '../support/mosquitto.ts';
import { mustHave } from '../support/required.ts';
import { countOf } from './support/counts.ts';
import { sandbox } from './support/targets.ts';
import { underLoad } from './support/under-load.ts';

const bytes = fc.uint8Array({ maxLength: 300 }).map((array) => Buffer.from(array));
const text = fc.string({ unit: 'binary', maxLength: 300 }).map((value) => Buffer.from(value));
const json = fc.json().map((value) => Buffer.from(value));
/** Events with something else where a field should be. */
const nearly = fc
  .record({
    id: fc.uuid(),
    field: fc.constantFrom('specversion', 'source', 'type', 'time', 'data', 'subject'),
    value: fc.jsonValue(),
  })
  .map(({ id, field, value }) => {
    const event = { specversion: '1.0', id, source: '/acme', type: 'planbridge.anything', data: {}, [field]: value };
    return Buffer.from(JSON.stringify(event));
  });
const message = fc.oneof(bytes, text, json, nearly);

/** Rows with anything in their cells. */
const rows = fc
  .array(
    fc.array(fc.oneof(fc.string({ maxLength: 20 }), fc.constantFrom('WH', '2027-01', '12', '"', ';')), {
      minLength: 0,
      maxLength: 7,
    }),
    {
      maxLength: 10,
    },
  )
  .map((lines) => Buffer.from(['product,location,period,quantity', ...lines.map((cells) => cells.join(','))].join('\n')));
const file = fc.record({
  type: fc.constantFrom('text/csv', 'application/json', 'application/octet-stream', 'text/csv; charset=utf-16le', ''),
  body: fc.oneof(bytes, text, json, rows),
});

(mustHave('mosquitto', mosquittoPath()) ? describe : describe.skip)('whatever comes', function () {
  this.timeout(0);
  const payloads = countOf('payloads');
  const seed = countOf('seed');

  it(`is answered or told of, ${payloads} messages and as many files, and holds nothing up (seed ${seed})`, async () => {
    await underLoad(sandbox, async ({ broker, bridge, load }) => {
      const sender = await mqtt.connectAsync(broker.url, { protocolVersion: 5 });
      for (const body of fc.sample(message, { numRuns: payloads, seed })) {
        load.ledger.others.add(body.toString('hex'));
        await sender.publishAsync('acme/WH/assembly/line-1/anything', body, { qos: 1 });
      }
      await sender.endAsync();
      const answers: Record<string, number> = {};
      for (const { type, body } of fc.sample(file, { numRuns: payloads, seed })) {
        const url = `${bridge.address()}/planning/forecasts`;
        const answer = await fetch(url, { method: 'POST', headers: { 'content-type': type }, body });
        assert.ok([202, 400, 413, 415].includes(answer.status), `${answer.status} for ${type} ${body.toString('hex')}`);
        const name = `answers ${answer.status}`;
        answers[name] = (answers[name] ?? 0) + 1;
        if (answer.status === 202) load.ledger.unanswered++;
      }
      return answers;
    });
  });
});
