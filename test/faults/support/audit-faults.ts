import { z } from 'zod';
import type { Ledger } from './load.ts';
import type { Plant } from './plant.ts';
import type { Look } from './store-look.ts';

/** What an entry `odoo.written` tells of the records behind it. */
const Written = z.object({
  outcomes: z.array(
    z.object({
      outcome: z.string(),
      id: z.number().optional(),
      before: z.record(z.string(), z.unknown()).optional(),
      changed: z.record(z.string(), z.unknown()).optional(),
    }),
  ),
});

const MINUTE = 60_000;

/**
 * What the audit says was done, against what was accepted: one `run.accepted` for each run, and one `odoo.written` for each
 * effect: a note and a move for each delay, and the records that each run says it has created and updated.
 */
export async function auditFaults({ delays }: Ledger, plant: Plant, look: Look): Promise<string[]> {
  const faults: string[] = [];
  const accepted = await look.audit('run.accepted');
  for (const run of await look.runs()) {
    const times = accepted.filter(({ subject }) => subject === run).length;
    if (times !== 1) faults.push(`audit: run ${run} was accepted ${times} times`);
  }

  const written = (await look.audit('odoo.written')).flatMap(({ subject, run, detail }) =>
    Written.parse(detail)
      .outcomes.filter(({ outcome }) => outcome !== 'refused')
      .map((outcome) => ({ ...outcome, model: subject, run })),
  );
  const byModel = Map.groupBy(written, ({ model }) => model);

  const notes = Map.groupBy(byModel.get('mail.message') ?? [], ({ changed }) => keyOf(changed));
  for (const key of delays.keys()) {
    const times = notes.get(key)?.length ?? 0;
    if (times !== 1) faults.push(`audit: the note of event ${key} was written ${times} times`);
  }

  const moves = Map.groupBy(byModel.get('mrp.production') ?? [], ({ id }) => id);
  const due = Map.groupBy(delays.values(), ({ order }) => order);
  for (const { id, name } of plant.orders) {
    const minutes = (moves.get(id) ?? []).map(({ before, changed }) => (beginOf(changed) - beginOf(before)) / MINUTE);
    const expected = (due.get(id) ?? []).map((delay) => delay.minutes);
    const inOrder = (all: number[]) => all.sort((left, right) => left - right).join(' ');
    if (inOrder(minutes) !== inOrder(expected))
      faults.push(`audit: ${name} was moved by ${inOrder(minutes)} minutes instead of ${inOrder(expected)}`);
  }

  const ofRuns = Map.groupBy(written, ({ run }) => run);
  for (const run of await look.runs()) {
    const { created, updated } = await look.summary(run);
    const told = ofRuns.get(run)?.length ?? 0;
    if (told !== created + updated)
      faults.push(`audit: ${told} records of run ${run} were written, it says ${created + updated}`);
  }
  return faults;
}

const keyOf = (values: Readonly<Record<string, unknown>> = {}): string =>
  String(values.message_id).replace(/^<|@planbridge>$/g, '');

/** When an order begins by the values of it that were written; ms since 1970. */
const beginOf = (values: Readonly<Record<string, unknown>> = {}): number =>
  Date.parse(`${values.date_planned_start ?? values.date_start}Z`);
