import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';
import failure from '../../../locales/en-US/failure.json' with { type: 'json' };
import type { Chance } from './chance.ts';
import { type Site, until } from './site.ts';

export type Trouble = {
  /** What the store is then, as its errors have it. */
  readonly code: 'full' | 'unavailable';
  readonly words: RegExp;
  begin(): Promise<void> | void;
  end(): Promise<void> | void;
  /** How many events come meanwhile, and for how long it lasts. */
  readonly chance: Chance;
};

/**
 * A store that fails for a while, with a run under way and events coming in: senders are told, the broker keeps the
 * events, the nodes show it; and once it is over everything goes on by itself, each event once.
 */
export async function throughTrouble(site: Site, { code, words, begin, end, chance }: Trouble): Promise<void> {
  const already = await site.delayed();
  const events = chance.int(1, 6);
  // Odoo does not answer, so that there is work left when the trouble begins.
  site.sandbox.faults.add({ kind: 'refuse' });
  const waiting = await site.post();
  assert.equal(waiting.status, 202);
  await until('the run under way', async () => !!(await site.run(waiting.body.run)).body.error);

  await begin();
  await site.delay(events);
  await refused(site, code, words);
  site.sandbox.faults.clear();
  const shown = failure.failure.store[code];
  for (const node of ['receive', 'events']) await until(`"${shown}" beneath ${node}`, () => site.status(node) === shown);
  assert.deepEqual(await site.delayed(), already);

  await sleep(chance.int(0, 1_000));
  await end();
  await goesOn(site, events, already);
  const { run } = waiting.body;
  await until('the end of the run under way', async () => (await site.run(run)).body.state === 'applied');
  await until('"connected" beneath events', () => site.status('events') === 'connected');
}

/** A forecast is refused with 503, in words. */
export async function refused(site: Site, code: Trouble['code'], words: RegExp): Promise<void> {
  const { status, again, body } = await site.post();
  assert.deepEqual([status, again, body.code], [503, '30', code], JSON.stringify(body));
  assert.match(String(body.error), words);
}

/** The events arrive, each once, and a forecast is taken in and written again. */
export async function goesOn(site: Site, events: number, already: { minutes: number; notes: number }): Promise<void> {
  const expected = { minutes: already.minutes + events, notes: already.notes + events };
  await until('the events', async () => (await site.delayed()).notes >= expected.notes);
  let answer = await site.post();
  await until('a forecast that is taken in', async () => {
    if (answer.status !== 202) answer = await site.post();
    return answer.status === 202;
  });
  const { run } = answer.body;
  await until('the end of a run', async () => (await site.run(run)).body.state === 'applied');
  await until('the last event', async () => (await site.delayed()).minutes >= expected.minutes);
  assert.deepEqual(await site.delayed(), expected);
}
