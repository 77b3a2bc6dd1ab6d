import { z } from 'zod';
import { readQuantity } from '../../canonical/quantity.ts';
import { Fault } from '../fault.ts';
import { transform } from './transform.ts';

const SPACES = /[\s\u00a0\u202f]/g;
const GROUPED = /^[+-]?\d{1,3}(?:,\d{3})+$/;
const LONGEST = 100;

/**
 * Reads a number as an exact decimal. `decimal: "auto"` takes what a text says by itself: with both signs the last one is
 * the decimal sign, a sign that comes twice separates thousands, and a lone comma before exactly three digits is refused,
 * as `1,234` may be either.
 */
export const number = transform({
  options: z.strictObject({
    decimal: z.enum(['.', ',', 'auto']).default('.'),
    thousands: z.enum(['', '.', ',', ' ', "'"]).default(''),
    /** Decimals that it may have; 0 for whole numbers only. */
    decimals: z.number().int().min(0).max(20).optional(),
    /** Decimal text, which is exact, or a JavaScript number, as Odoo takes it. */
    as: z.enum(['text', 'number']).default('text'),
  }),
  compile: ({ decimal, thousands, decimals, as }) => {
    if (decimal === thousands) throw new Error(`"${decimal}" cannot separate both decimals and thousands`);
    const finish = (value: unknown): unknown => {
      const read = readQuantity(value);
      if (typeof read !== 'string') return new Fault(read.fault);
      const point = decimals === undefined ? -1 : read.indexOf('.');
      if (point >= 0 && read.length - point - 1 > decimals!)
        return new Fault(decimals === 0 ? 'is not a whole number' : `has more than ${decimals} decimals`);
      return as === 'number' ? Number(read) : read;
    };
    const normal = decimal === 'auto' ? bySigns : (text: string) => bySetting(text, decimal, thousands);
    return (value) => {
      if (typeof value !== 'string') return finish(value);
      if (value.length > LONGEST) return new Fault('is not a number');
      const plain = normal(value.trim());
      return plain instanceof Fault ? plain : finish(plain);
    };
  },
  inverse: ({ decimal, thousands }) => [{ numeral: { decimal: decimal === 'auto' ? '.' : decimal, thousands } }],
});

function bySetting(text: string, decimal: '.' | ',', thousands: string): string | Fault {
  let [whole = '', ...rest] = text.split(decimal);
  if (rest.length > 1) return new Fault('is not a number');
  const other = decimal === ',' ? '.' : ',';
  if (other !== thousands && whole.includes(other)) return new Fault(unset(decimal, other));
  if (thousands !== '') {
    whole = whole.replaceAll(thousands === ' ' ? SPACES : thousands, ',');
    if (whole.includes(',')) {
      if (!GROUPED.test(whole)) return new Fault('has thousands that are not groups of three digits');
      whole = whole.replaceAll(',', '');
    }
  }
  return rest.length === 1 ? `${whole}.${rest[0]}` : whole;
}

/** Why a text with the other sign is not read: as thousands or as decimals it would be a thousand times as much, or as little. */
function unset(decimal: string, other: string): string {
  return `holds "${other}" where the decimal sign is "${decimal}"; set thousands to "${other}" in the mapping if it separates thousands, or decimal to "${other}" if it is the decimal sign`;
}

function bySigns(text: string): string | Fault {
  const [dot, comma] = [text.lastIndexOf('.'), text.lastIndexOf(',')];
  if (comma < 0) return text.indexOf('.') === dot ? text : bySetting(text, ',', '.');
  if (dot >= 0) return comma > dot ? bySetting(text, ',', '.') : bySetting(text, '.', ',');
  if (text.indexOf(',') !== comma) return bySetting(text, '.', ',');
  if (/^[+-]?[1-9]\d{0,2},\d{3}$/.test(text))
    return new Fault('may be thousands or decimals; write it with a decimal point, or set the decimal sign in the mapping');
  return bySetting(text, ',', '');
}
