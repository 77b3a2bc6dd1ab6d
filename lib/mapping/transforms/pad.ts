import { z } from 'zod';
import { Fault } from '../fault.ts';
import { textOf, transform } from './transform.ts';

export const PadOptions = z.strictObject({
  length: z.number().int().min(1).max(1_000),
  with: z.string().length(1, 'is one character').default(' '),
  side: z.enum(['start', 'end']).default('start'),
});

/** Fills a text up to a length, as fixed-width files and SAP's material numbers want it; longer text is refused. */
export const pad = transform({
  options: PadOptions,
  compile:
    ({ length, with: by, side }) =>
    (value) => {
      const text = textOf(value);
      if (text.length > length) return new Fault(`has ${text.length} characters, where the field has ${length}`);
      return side === 'start' ? text.padStart(length, by) : text.padEnd(length, by);
    },
  inverse: (options) => [{ strip: options }],
});
