import { z } from 'zod';

const Values = z.record(z.string(), z.unknown());
const Places = z.object({ step: z.string(), places: z.array(z.number()) });

/** What a try is about to change: places in the job's list of records, and old and new values of what Odoo has already. */
const Planned = z.object({
  index: z.number(),
  outcome: z.enum(['created', 'updated']),
  changed: Values.optional(),
  before: Values.optional(),
});
export type Planned = z.infer<typeof Planned>;

const Piece = z.object({
  /** Written down before it is done: the next try finds the records as they should be, and would not know what had been changed. */
  planned: z.array(Planned).default([]),
  /** What is being sent, of what must not be sent twice. The piece that follows says what came of it. */
  sending: Places.optional(),
  /** Places and ids that Odoo answered for. */
  answered: z.array(z.object({ step: z.string(), results: z.array(z.tuple([z.number(), z.number()])) })).default([]),
  /** Places of which it is not known whether Odoo did it. */
  unknown: z.array(Places).default([]),
});

/**
 * What the tries of a write job wrote down, piece by piece. Parsed from the list of pieces, it is one: what the last
 * piece was sending when its try broke off is unknown.
 */
export const Progress = z.preprocess((given) => (Array.isArray(given) ? joined(z.array(Piece).parse(given)) : given), Piece);
export type Progress = z.infer<typeof Progress>;

function joined(pieces: readonly z.infer<typeof Piece>[]): z.infer<typeof Piece> {
  const brokenOff = pieces.at(-1)?.sending;
  return {
    planned: pieces.flatMap(({ planned }) => planned),
    answered: pieces.flatMap(({ answered }) => answered),
    unknown: [...pieces.flatMap(({ unknown }) => unknown), ...(brokenOff ? [brokenOff] : [])],
  };
}

export const NOTHING_YET: Progress = { planned: [], answered: [], unknown: [] };
