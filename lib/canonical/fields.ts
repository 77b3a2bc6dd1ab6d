import { z } from 'zod';
import { readPeriod } from './period.ts';
import { readQuantity } from './quantity.ts';

const LONGEST_REFERENCE = 200;
const LONGEST_TEXT = 2_000;

/** Text that names something: not empty, no longer than 200 characters, without NUL (which PostgreSQL cannot hold). */
export const Reference = z
  .string({ error: 'is missing' })
  .min(1, 'is missing')
  .max(LONGEST_REFERENCE, `is longer than ${LONGEST_REFERENCE} characters`)
  .refine((text) => !text.includes('\0'), 'holds a NUL character');

/** Free text, up to 2,000 characters. */
export const Text = z
  .string({ error: 'is not text' })
  .max(LONGEST_TEXT, `is longer than ${LONGEST_TEXT} characters`)
  .refine((text) => !text.includes('\0'), 'holds a NUL character');

/** A number or decimal text; becomes the shortest plain decimal as text. */
export const Quantity = z.union([z.string(), z.number()], { error: 'is missing or not a number' }).transform((value, context) => {
  const read = readQuantity(value);
  if (typeof read === 'string') return read;
  context.addIssue({ code: 'custom', message: read.fault });
  return z.NEVER;
});

/** A day, an ISO week or a month as canonical text. */
export const PeriodText = z.string({ error: 'is missing' }).superRefine((text, context) => {
  const period = readPeriod(text);
  if ('fault' in period) context.addIssue({ code: 'custom', message: period.fault });
});

/** A date, `YYYY-MM-DD`. */
export const DateText = PeriodText.refine((text) => text.length === 10, 'is not a date such as 2026-12-01');

/** Line of the sender's file, from 1. */
export const LineMark = z.number().int().optional();
