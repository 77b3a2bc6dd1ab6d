import { z } from 'zod';
import { isEmpty, readerOf } from '../column.ts';
import { Fault } from '../fault.ts';
import { textOf, transform } from './transform.ts';

/** Puts the value and other columns together with a separator; empty ones are left out. */
export const join = transform({
  options: z.strictObject({ columns: z.array(z.string().min(1)).min(1, 'names nothing'), by: z.string().default('') }),
  takesEmpty: true,
  columns: ({ columns }) => columns,
  compile: ({ columns, by }) => {
    const readers = columns.map((column) => readerOf([column]));
    return (value, { record }) => {
      const parts = isEmpty(value) ? [] : [textOf(value)];
      for (const read of readers) {
        const part = read(record);
        if (part instanceof Fault) return part;
        if (!isEmpty(part)) parts.push(textOf(part));
      }
      return parts.join(by);
    };
  },
  inverse: () => 'which part was which column cannot be told',
});
