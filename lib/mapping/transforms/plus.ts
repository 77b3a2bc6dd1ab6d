import { z } from 'zod';
import { addQuantities, readQuantity } from '../../canonical/quantity.ts';
import { isEmpty, readerOf } from '../column.ts';
import { Fault } from '../fault.ts';
import { number } from './number.ts';
import { transform } from './transform.ts';

/** Adds the numbers of other columns, such as a promotion beside the base forecast; empty ones count as zero. */
export const plus = transform({
  options: z.strictObject({
    columns: z.array(z.string().min(1)).min(1, 'names nothing'),
    decimal: z.enum(['.', ',', 'auto']).default('.'),
    thousands: z.enum(['', '.', ',', ' ', "'"]).default(''),
  }),
  takesEmpty: true,
  columns: ({ columns }) => columns,
  compile: ({ columns, decimal, thousands }) => {
    const readers = columns.map((column) => ({ column, read: readerOf([column]) }));
    const toNumber = number.compile({ decimal, thousands, as: 'text' });
    if (typeof toNumber !== 'function') throw new Error('number is not a look-up');
    return (value, scope) => {
      let sum = isEmpty(value) ? undefined : readQuantity(value);
      if (typeof sum === 'object') return new Fault(sum.fault);
      for (const { column, read } of readers) {
        const raw = read(scope.record);
        if (isEmpty(raw)) continue;
        const added = raw instanceof Fault ? raw : toNumber(raw, scope);
        if (added instanceof Fault) return new Fault(`cannot be added to: column "${column}" ${added.message}`);
        sum = addQuantities(sum ?? '0', String(added));
      }
      return sum;
    };
  },
  inverse: () => 'a sum does not tell its parts',
});
