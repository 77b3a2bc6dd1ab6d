import { z } from 'zod';
import { transform } from './transform.ts';

/**
 * Looks a record of Odoo up by one field and takes another, the id when left out; `by` may be `external_id`. Asked once for
 * all distinct values of a batch. What Odoo does not have is refused, or left out with `unknown: "omit"`.
 */
export const odoo = transform({
  options: z.strictObject({
    model: z.string().regex(/^[a-z0-9_]+(\.[a-z0-9_]+)*$/, 'is not a model such as product.product'),
    by: z.string().regex(/^[a-z_][a-z0-9_]*$/, 'is not a field'),
    take: z
      .string()
      .regex(/^[a-z_][a-z0-9_]*$/, 'is not a field')
      .default('id'),
    domain: z.array(z.unknown()).optional(),
    unknown: z.enum(['refuse', 'omit']).default('refuse'),
  }),
  compile: ({ model, by, take, domain, unknown }) => ({ lookup: 'odoo', model, by, take, domain, unknown }),
  inverse: ({ model, by, take, domain, unknown }) => [
    { odoo: { model, by: take, take: by, unknown, ...(domain !== undefined && { domain }) } },
  ],
});
