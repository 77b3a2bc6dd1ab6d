import { z } from 'zod';

const Values = z.record(z.string(), z.unknown());
const Places = z.object({ step: z.string(), places: z.array(z.number()) });
const Since = Places.extend({ at: z.number() });

/** What a try is about to change: places in the job's list of records, and old and new values of what Odoo has already. */
const Planned = z.object({
  index: z.number(),
  outcome: z.enum(['created', 'updated']),
  changed: Values.optional(),
  before: Values.optional(),
  /** Since when Odoo may be at work on it (ms since 1970); absent where it surely is not. */
  at: z.number().optional(),
});
export type Planned = z.infer<typeof Planned>;

const Piece = z.object({
  /** Written down before it is done: the next try finds the records as they should be, and would not know what had been changed. */
  planned: z.array(Planned).optional(),
  /** Places of what was planned that Odoo is not at work on any more: it told that it did nothing. */
  atRest: z.array(z.number()).optional(),
  /** As stores may hold it from before: one time for all that was planned, and that none of it is under way. */
  begun: z.number().optional(),
  idle: z.boolean().optional(),
  /** What is being sent, of what must not be sent twice: unknown, until a piece says what came of it. An empty one says nothing did. */
  sending: Since.optional(),
  /** Places and ids that Odoo answered for, or that were found there afterwards. */
  answered: z.array(z.object({ step: z.string(), results: z.array(z.tuple([z.number(), z.number()])) })).optional(),
  /** Places of which it is not known whether Odoo did it. */
  unknown: z.array(Since).optional(),
  /** Places that were unknown and that Odoo has surely not done: they are sent again. */
  reopened: z.array(Places).optional(),
});
/** One thing that a try writes down. */
export type Piece = z.infer<typeof Piece>;

/** Where a job stands after the tries before, joined from the pieces that they wrote down. */
export type Progress = {
  /** One for each place. */
  readonly planned: readonly Planned[];
  /** Ids by step and place. */
  readonly answered: ReadonlyMap<string, ReadonlyMap<number, number>>;
  /** When it was sent, by step and place. */
  readonly unknown: ReadonlyMap<string, ReadonlyMap<number, number>>;
};

/** Parses the pieces, in the order in which they were written. What a try was sending when it broke off is unknown. */
export function progressOf(given: readonly unknown[]): Progress {
  const pieces = z.array(Piece).parse(given);
  const planned = new Map<number, Planned>();
  const answered = new Map<string, Map<number, number>>();
  const unknown = new Map<string, Map<number, number>>();
  for (const [at, piece] of pieces.entries()) {
    for (const plan of (piece.planned ?? []).map((one) => ({ at: piece.begun, ...one }))) {
      const before = planned.get(plan.index);
      // What a try was creating stays created, however often it is written once more after that.
      const isCreated = before?.outcome === 'created' && before.at !== undefined;
      planned.set(plan.index, isCreated ? { ...before, at: plan.at ?? before.at } : plan);
    }
    for (const place of piece.idle ? [...planned.keys()] : (piece.atRest ?? [])) {
      const { at: _, ...plan } = planned.get(place) ?? {};
      if (planned.has(place)) planned.set(place, plan as Planned);
    }
    for (const { step, results } of piece.answered ?? [])
      for (const [place, id] of results) {
        placed(answered, step).set(place, id);
        unknown.get(step)?.delete(place);
      }
    const before = Object.keys(piece).length === 0 ? pieces[at - 1]?.sending : undefined;
    for (const { step, places } of [...(piece.reopened ?? []), ...(before ? [before] : [])])
      for (const place of places) unknown.get(step)?.delete(place);
    for (const { step, places, at } of [...(piece.unknown ?? []), ...(piece.sending ? [piece.sending] : [])])
      for (const place of places) placed(unknown, step).set(place, at);
  }
  return { planned: [...planned.values()], answered, unknown };
}

/** Whether Odoo may be at work on something of it. */
export function isUnderWay({ planned, unknown }: Progress): boolean {
  return planned.some(({ at }) => at !== undefined) || [...unknown.values()].some(({ size }) => size > 0);
}

/** The values of a step by place, made where there are none yet. */
export function placed(steps: Map<string, Map<number, number>>, step: string): Map<number, number> {
  const places = steps.get(step) ?? new Map<number, number>();
  steps.set(step, places);
  return places;
}

/** The progress on each place, as that of a job with this one record; undefined where there is none. */
export function sharesOf({ planned, answered, unknown }: Progress): (place: number) => Piece | undefined {
  const plans = Map.groupBy(planned, ({ index }) => index);
  const at = (steps: Progress['answered'], place: number) =>
    [...steps].flatMap(([step, places]) => {
      const value = places.get(place);
      return value === undefined ? [] : [{ step, value }];
    });
  return (place) => {
    const share = {
      planned: (plans.get(place) ?? []).map((plan) => ({ ...plan, index: 0 })),
      answered: at(answered, place).map(({ step, value }) => ({ step, results: [[0, value]] satisfies [number, number][] })),
      unknown: at(unknown, place).map(({ step, value }) => ({ step, places: [0], at: value })),
    };
    return Object.values(share).some((some) => some.length > 0) ? share : undefined;
  };
}
