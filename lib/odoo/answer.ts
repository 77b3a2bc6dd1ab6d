import type { z } from 'zod';
import { OdooError } from './errors.ts';

/** Odoo's answer, checked for its shape. Throws OdooError `protocol` for one that is not what the method gives. */
export function answerAs<Schema extends z.ZodType>(
  schema: Schema,
  answer: unknown,
  model: string,
  method: string,
): z.output<Schema> {
  const parsed = schema.safeParse(answer);
  if (parsed.success) return parsed.data;
  const { path, message } = parsed.error.issues[0] ?? { path: [], message: '' };
  throw new OdooError(
    'protocol',
    `Odoo's answer to ${model}.${method} is not in the expected shape (${path.join('.')}: ${message}).`,
    {
      model,
      method,
    },
  );
}
