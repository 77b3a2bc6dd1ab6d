import { z } from 'zod';
import { readerOf } from '../column.ts';
import { transform } from './transform.ts';

/**
 * The route of Odoo by which `manufacture` or `buy` supplies the warehouse whose code stands in `warehouse`. Left out, not
 * refused, where the database has no such rule, or where its warehouses carry the route themselves.
 */
export const route = transform({
  options: z.strictObject({ warehouse: z.string().min(1).default('location') }),
  columns: ({ warehouse }) => [warehouse],
  compile: ({ warehouse }) => {
    const read = readerOf([warehouse]);
    return { lookup: 'route', warehouse: ({ record }) => read(record) };
  },
  inverse: () => 'which way of supply a route stands for is not looked up',
});
