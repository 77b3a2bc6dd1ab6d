import type { FlowRecord } from '../canonical/marks.ts';
import type { Reason } from '../exceptions/catalogue.ts';
import { isEmpty } from './column.ts';
import { type PlacedRow, runSteps, settled } from './compiled-row.ts';
import { Fault } from './fault.ts';
import type { Found, Lookups, RouteWanted } from './lookups.ts';
import type { Pace } from './pace.ts';
import type { LookupStep } from './transforms/transform.ts';

/** A record in the making: one value a row. `fault` is the first that was found, `faultAt` its row. */
export type Draft = { readonly record: FlowRecord; readonly values: unknown[]; fault: Fault | undefined; faultAt: number };

type OdooLookup = Extract<LookupStep, { lookup: 'odoo' }>;

/** What the catalogue calls a record that Odoo does not have, or has twice, by its model. */
const REASONS: ReadonlyMap<string, { unknown: Reason; ambiguous: Reason }> = new Map([
  ['product.product', { unknown: 'UNKNOWN_PRODUCT', ambiguous: 'AMBIGUOUS_PRODUCT' }],
  ['product.template', { unknown: 'UNKNOWN_PRODUCT', ambiguous: 'AMBIGUOUS_PRODUCT' }],
  ['stock.warehouse', { unknown: 'UNKNOWN_LOCATION', ambiguous: 'UNKNOWN_LOCATION' }],
  ['stock.location', { unknown: 'UNKNOWN_LOCATION', ambiguous: 'UNKNOWN_LOCATION' }],
  ['uom.uom', { unknown: 'UNKNOWN_UNIT', ambiguous: 'UNKNOWN_UNIT' }],
]);

/**
 * Answers the look-ups of a whole batch, stage by stage: the distinct values of all rows that ask the same question go out
 * in one call, then each row runs on from its answer to its next look-up or its end.
 */
export async function answerLookups(
  rows: readonly PlacedRow[],
  drafts: readonly Draft[],
  lookups: Lookups,
  zone: string,
  pace: Pace,
): Promise<void> {
  const most = Math.max(...rows.map(({ row }) => row.stages.length));
  for (let stage = 0; stage < most - 1; stage++) {
    const asking = rows.flatMap(({ row }, index) => {
      const lookup = row.stages[stage]?.lookup;
      return lookup ? [{ row, index, lookup }] : [];
    });
    const answers = await Promise.all(await answersOf(asking, drafts, lookups, zone, pace));
    for (const [position, { row, index }] of asking.entries()) {
      const answer = answers[position]!;
      const last = stage + 2 === row.stages.length;
      for (const [at, draft] of drafts.entries()) {
        if (pace.due()) await pace.rest();
        if (draft.fault) continue;
        const value = draft.values[index];
        const found = isEmpty(value) ? undefined : answer(value, at);
        const next = isEmpty(found) ? undefined : runSteps(row.stages[stage + 1]!, found, { record: draft.record, zone });
        const result = last ? settled(row, next) : next;
        draft.values[index] = result;
        if (result instanceof Fault) {
          draft.fault = result;
          draft.faultAt = index;
        }
      }
    }
  }
}

/** The answer to one value of one draft: a value, `undefined` for none, or a fault. */
type Answer = (value: unknown, draft: number) => unknown;
type Asking = { readonly index: number; readonly lookup: LookupStep };

async function answersOf(
  asking: readonly Asking[],
  drafts: readonly Draft[],
  lookups: Lookups,
  zone: string,
  pace: Pace,
): Promise<Promise<Answer>[]> {
  const questions = new Map<string, { lookup: OdooLookup; values: Set<unknown> }>();
  const answers: (() => Promise<Answer>)[] = [];
  for (const { index, lookup } of asking) {
    if (lookup.lookup === 'route') {
      answers.push(() => routeAnswer(index, lookup.warehouse, drafts, lookups, zone));
      continue;
    }
    const key = JSON.stringify([lookup.model, lookup.by, lookup.take, lookup.domain]);
    const question = questions.get(key) ?? { lookup, values: new Set() };
    questions.set(key, question);
    for (const draft of drafts) {
      if (pace.due()) await pace.rest();
      if (!draft.fault && !isEmpty(draft.values[index])) question.values.add(draft.values[index]);
    }
    answers.push(async () => odooAnswer(lookup, await asked(key)));
  }
  // Asked once for all rows that ask the same.
  const running = new Map<string, Promise<Map<unknown, Found>>>();
  const asked = (key: string): Promise<Map<unknown, Found>> => {
    const { lookup, values } = questions.get(key)!;
    const already = running.get(key);
    if (already) return already;
    const { model, by, take, domain } = lookup;
    const answer =
      values.size === 0 ? Promise.resolve(new Map<unknown, Found>()) : lookups.resolve(model, by, [...values], take, domain);
    running.set(key, answer);
    return answer;
  };
  return answers.map((answer) => answer());
}

function odooAnswer({ model, by, unknown }: OdooLookup, found: ReadonlyMap<unknown, Found>): Answer {
  const reasons = REASONS.get(model) ?? { unknown: 'UNMAPPED' as const, ambiguous: 'UNMAPPED' as const };
  return (value) => {
    const answer = found.get(value) ?? { error: 'unknown' as const };
    if ('value' in answer) return answer.value;
    if (answer.error === 'ambiguous') return new Fault(`is in Odoo more than once (${model} by ${by})`, reasons.ambiguous);
    return unknown === 'omit' ? undefined : new Fault(`is not in Odoo (${model} by ${by})`, reasons.unknown);
  };
}

async function routeAnswer(
  index: number,
  warehouse: Extract<LookupStep, { lookup: 'route' }>['warehouse'],
  drafts: readonly Draft[],
  lookups: Lookups,
  zone: string,
): Promise<Answer> {
  const wanted = new Map<string, RouteWanted>();
  const keys = drafts.map(({ record, values, fault }) => {
    const code = fault ? undefined : warehouse({ record, zone });
    if (fault || isEmpty(values[index]) || isEmpty(code) || code instanceof Fault) return undefined;
    const pair = { supply: String(values[index]), warehouse: String(code) };
    const key = JSON.stringify(pair);
    wanted.set(key, pair);
    return key;
  });
  const routes = wanted.size === 0 ? [] : await lookups.routes([...wanted.values()]);
  const byKey = new Map([...wanted.keys()].map((key, position) => [key, routes[position]]));
  return (_, draft) => byKey.get(keys[draft] ?? '');
}
