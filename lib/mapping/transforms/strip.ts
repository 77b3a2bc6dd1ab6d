import { PadOptions } from './pad.ts';
import { textOf, transform } from './transform.ts';

/** Removes the characters that fill a field up, such as leading zeros; one character always stays. */
export const strip = transform({
  options: PadOptions.partial({ length: true }),
  compile: ({ with: by, side }) =>
    side === 'start'
      ? (value) => {
          const text = textOf(value);
          let from = 0;
          while (from < text.length - 1 && text[from] === by) from += 1;
          return text.slice(from);
        }
      : (value) => {
          const text = textOf(value);
          let to = text.length;
          while (to > 1 && text[to - 1] === by) to -= 1;
          return text.slice(0, to);
        },
  inverse: ({ length, ...fill }) =>
    length === undefined ? 'it needs the length that the field had: "length"' : [{ pad: { length, ...fill } }],
});
