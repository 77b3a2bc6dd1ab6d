import type { RunState } from '../../../lib/store/schema.ts';
import { verifyAudit } from '../../../lib/store/verify-audit.ts';
import { auditFaults } from './audit-faults.ts';
import { type Ledger, LINES } from './load.ts';
import type { Plant } from './plant.ts';
import { type Look, lookInto } from './store-look.ts';

const MINUTE = 60_000;
const ENDED: readonly RunState[] = ['applied', 'applied-with-exceptions'];

/** What was sent, what became of it, and whatever does not agree. */
export type Reckoning = {
  readonly figures: Readonly<Record<string, number>>;
  /** One sentence each; none when nothing was lost and nothing doubled. */
  readonly faults: readonly string[];
};

/** Compares what was accepted with what Odoo holds, what the store says, and the audit. Asked once all work has drained. */
export async function reckon(ledger: Ledger, plant: Plant, store: string): Promise<Reckoning> {
  const look = await lookInto(store);
  try {
    const audit = await verifyAudit(store);
    const faults = [
      ...(await eventFaults(ledger, plant)),
      ...(await runFaults(ledger, look)),
      ...(await jobFaults(ledger, look)),
      ...(ledger.runs.length > 0 ? await ruleFaults(plant) : []),
      ...(await auditFaults(ledger, plant, look)),
      ...audit.faults.map(({ what }) => `audit: ${what}`),
    ];
    const { delays, malformed, messages, runs, unanswered } = ledger;
    const figures = {
      forecasts: runs.length,
      'without an answer': unanswered,
      events: delays.size,
      'no events': malformed.size,
      messages,
      'cut off at most': await look.cutOff(),
      'audit entries': audit.entries,
    };
    return { figures, faults };
  } finally {
    await look.close();
  }
}

/** Each delay has moved its order by its minutes, once, and left one note. */
async function eventFaults({ delays }: Ledger, plant: Plant): Promise<string[]> {
  const faults: string[] = [];
  const notes = await plant.notes();
  const expected = new Map<number, number>();
  for (const [key, { order, minutes }] of delays) {
    expected.set(order, (expected.get(order) ?? 0) + minutes);
    const left = notes.get(key) ?? 0;
    if (left !== 1) faults.push(`event ${key} left ${left} notes`);
  }
  for (const key of notes.keys()) if (!delays.has(key)) faults.push(`there is a note of ${key}, which was never acknowledged`);
  const now = new Map((await plant.ordersNow()).map((order) => [order.id, order]));
  for (const before of plant.orders) {
    const moved = ((now.get(before.id)?.begins ?? Number.NaN) - before.begins) / MINUTE;
    const due = expected.get(before.id) ?? 0;
    if (moved !== due) faults.push(`${before.name} was moved by ${moved} minutes instead of ${due}`);
  }
  return faults;
}

/** Each accepted forecast has ended, and its lines add up. */
async function runFaults({ runs, unanswered }: Ledger, look: Look): Promise<string[]> {
  const faults: string[] = [];
  const own = new Set(runs);
  const ids = new Set(await look.runs());
  for (const run of runs) if (!ids.has(run)) faults.push(`run ${run} was accepted and is gone`);
  if (ids.size > runs.length + unanswered)
    faults.push(`there are ${ids.size} runs, ${runs.length} were accepted and ${unanswered} may have been`);
  for (const run of ids) {
    const summary = await look.summary(run);
    const { received, accepted, held, rejected, applied, unchanged, dead, state } = summary;
    const expected = own.has(run) ? Object.entries(LINES) : [];
    const wrong = expected.filter(([name, count]) => summary[name as keyof typeof LINES] !== count);
    if (wrong.length > 0 || received !== accepted + held + rejected || accepted !== applied + unchanged + dead)
      faults.push(`the lines of run ${run} do not add up: ${JSON.stringify({ ...summary, exceptions: undefined })}`);
    if (!ENDED.includes(state)) faults.push(`run ${run} is ${state}: ${summary.error}`);
    if (dead > 0) faults.push(`run ${run} has ${dead} dead lines`);
  }
  return faults;
}

/** Nothing waits and nothing died; each message became one job. */
async function jobFaults({ delays, malformed, others }: Ledger, look: Look): Promise<string[]> {
  const faults: string[] = [];
  const jobs = await look.jobs();
  for (const { queue, state, count, error } of jobs)
    if (state !== 'done') faults.push(`${count} jobs of ${queue} are ${state}: ${error}`);
  const events = jobs.find(({ queue, state }) => queue === 'event-receive:events' && state === 'done')?.count ?? 0;
  const sent = delays.size + malformed.size + others.size;
  if (events !== sent) faults.push(`${events} events are in the store of ${sent} that were acknowledged`);
  const exceptions = await look.exceptions();
  const delayed = exceptions.get('PRODUCTION_DELAYED') ?? 0;
  if (delayed !== delays.size) faults.push(`${delayed} exceptions tell of ${delays.size} delays`);
  const all = [...exceptions.values()].reduce((sum, count) => sum + count, 0);
  if (all !== sent) faults.push(`${all} exceptions were told of ${sent} messages`);
  return faults;
}

/** Stock and orders reach what the rule asks for, and go no further than one order for it would. */
async function ruleFaults(plant: Plant): Promise<string[]> {
  const faults: string[] = [];
  for (const product of [plant.products.made, plant.products.bought]) {
    const { min, max, available } = await plant.rule(product);
    if (min <= 0) faults.push(`${product} has no reordering rule`);
    if (available < min)
      faults.push(`${product}: ${available} are on hand and on order, and the rule wants ${min}: an order was lost`);
    // Odoo rounds an order up to a whole unit.
    if (available > Math.ceil(max) + 1)
      faults.push(`${product}: ${available} are on hand and on order, the rule wants ${max} at most: an order was doubled`);
  }
  return faults;
}
