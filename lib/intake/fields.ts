const LONGEST_VALUE = 100_000;

/** What a decoder puts where bytes are no text of the body's encoding. */
export const NOT_TEXT = '\ufffd';

/**
 * Puts a value that was read into its row, or says why it cannot be one. Names that begin with `$` are left out: that is
 * how marks begin, and only what comes from within bears one.
 */
export function readField(row: Record<string, unknown>, name: string, value: unknown): string | undefined {
  if (typeof value === 'string') {
    if (value.length > LONGEST_VALUE) return `the value of ${name} has ${value.length} characters; the most is ${LONGEST_VALUE}`;
    if (value.includes('\0')) return `the value of ${name} holds a NUL character`;
    if (value.includes(NOT_TEXT)) return `the value of ${name} holds bytes that are no text`;
    // JSON.parse makes an infinity of 1e400, which no store and no database can keep.
  } else if (typeof value === 'number' && !Number.isFinite(value)) return `the value of ${name} is too large a number`;
  if (name === '' || name.startsWith('$')) return undefined;
  // An own property, whatever it is called.
  if (name === '__proto__') Object.defineProperty(row, name, { value, writable: true, enumerable: true, configurable: true });
  else row[name] = value;
  return undefined;
}
