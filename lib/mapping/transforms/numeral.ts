import { z } from 'zod';
import { readQuantity } from '../../canonical/quantity.ts';
import { Fault } from '../fault.ts';
import { transform } from './transform.ts';

/** Writes a number as text with a decimal sign and thousands of one's choice. Digits are never rounded away. */
export const numeral = transform({
  options: z.strictObject({
    decimal: z.enum(['.', ',']).default('.'),
    thousands: z.enum(['', '.', ',', ' ', "'"]).default(''),
    /** As many decimals as this; a number with more is refused. */
    decimals: z.number().int().min(0).max(20).optional(),
  }),
  compile: ({ decimal, thousands, decimals }) => {
    if (decimal === thousands) throw new Error(`"${decimal}" cannot separate both decimals and thousands`);
    return (value) => {
      const read = readQuantity(value);
      if (typeof read !== 'string') return new Fault(read.fault);
      let [whole = '', fraction = ''] = read.split('.');
      if (decimals !== undefined) {
        if (fraction.length > decimals) return new Fault(`has more than ${decimals} decimals`);
        fraction = fraction.padEnd(decimals, '0');
      }
      if (thousands !== '') whole = whole.replace(/\B(?=(?:\d{3})+$)/g, thousands);
      return fraction === '' ? whole : `${whole}${decimal}${fraction}`;
    };
  },
  inverse: ({ decimal, thousands }) => [{ number: { decimal, thousands } }],
});
