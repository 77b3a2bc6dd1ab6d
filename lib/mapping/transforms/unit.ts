import { z } from 'zod';
import { exact, quantityText, readQuantity } from '../../canonical/quantity.ts';
import { type Factor, factorParts } from '../../canonical/unit-conversion.ts';
import { isEmpty, readerOf } from '../column.ts';
import { Fault } from '../fault.ts';
import { textOf, transform } from './transform.ts';

const FactorOption = z.union([
  z.number().positive('is above zero'),
  z.string().regex(/^\d+(\.\d+)?(\s*\/\s*\d+(\.\d+)?)?$/, 'is a factor such as 12 or 1/12'),
]);

/** Converts a quantity exactly: by one factor (`12` for dozens to units, `"1/12"` back), or by the unit that a column names. */
export const unit = transform({
  options: z.union(
    [
      z.strictObject({ factor: FactorOption }),
      z.strictObject({ column: z.string().min(1), factors: z.record(z.string(), FactorOption) }),
    ],
    { error: 'takes "factor", or "column" and "factors"' },
  ),
  columns: (options) => ('column' in options ? [options.column] : []),
  compile: (options) => {
    if ('factor' in options) {
      const times = multiply(options.factor);
      return (value) => times(value);
    }
    const factors = new Map(Object.entries(options.factors).map(([name, factor]) => [name, multiply(factor)]));
    const read = readerOf([options.column]);
    return (value, { record }) => {
      const name = read(record);
      if (name instanceof Fault) return name;
      if (isEmpty(name)) return new Fault(`has no unit: column "${options.column}" is empty`);
      const times = factors.get(textOf(name));
      return times
        ? times(value)
        : new Fault(`has the unit "${textOf(name).slice(0, 60)}", which the mapping does not know`, 'UNMAPPED');
    };
  },
  inverse: (options) => {
    if ('column' in options) return 'the unit that the quantity had cannot be told';
    const [up, down] = factorParts(options.factor);
    return [{ unit: { factor: `${down.toFixed()}/${up.toFixed()}` } }];
  },
});

function multiply(factor: Factor): (value: unknown) => unknown {
  const [up, down] = factorParts(factor);
  return (value) => {
    const read = readQuantity(value);
    if (typeof read !== 'string') return new Fault(read.fault);
    const converted = readQuantity(quantityText(exact(read).times(up).dividedBy(down).toDecimalPlaces(20)));
    return typeof converted === 'string' ? converted : new Fault(converted.fault);
  };
}
