import { z } from 'zod';
import { PadOptions } from './pad.ts';
import { textOf, transform } from './transform.ts';

/**
 * Removes the characters that fill a field up, such as leading zeros; one character always stays. With `digitsOnly` a text
 * with anything but digits stays as it is, as SAP fills up numbers only.
 */
export const strip = transform({
  options: PadOptions.partial({ length: true }).extend({ digitsOnly: z.boolean().default(false) }),
  compile:
    ({ with: by, side, digitsOnly }) =>
    (value) => {
      const text = textOf(value);
      if (digitsOnly && !/^\d+$/.test(text)) return text;
      let [from, to] = [0, text.length];
      if (side === 'start') while (from < to - 1 && text[from] === by) from += 1;
      else while (to > 1 && text[to - 1] === by) to -= 1;
      return text.slice(from, to);
    },
  inverse: ({ length, digitsOnly, ...fill }) =>
    digitsOnly
      ? 'whether a text was filled up cannot be told'
      : length === undefined
        ? 'it needs the length that the field had: "length"'
        : [{ pad: { length, ...fill } }],
});
