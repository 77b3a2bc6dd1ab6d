import { OdooError } from './errors.ts';

/** Deeper than any domain, command or context that Odoo takes. */
const DEEPEST = 60;

/**
 * Refuses what would not arrive as it was meant: JSON turns Infinity and NaN into "empty", so Odoo would clear the field;
 * PostgreSQL's texts hold no NUL. Throws OdooError `validation` that says where the value stands.
 */
export function checkSendable(value: unknown): void {
  const path: (string | number)[] = [];
  check(value, path);
}

function check(value: unknown, path: (string | number)[]): void {
  if (typeof value === 'string') {
    if (value.includes('\0')) throw refused(path, 'holds a NUL character');
  } else if (typeof value === 'number') {
    if (!Number.isFinite(value)) throw refused(path, `is ${value}, which is no number that can be sent`);
  } else if (typeof value === 'bigint') throw refused(path, 'is a whole number too large to be sent exactly');
  else if (typeof value === 'object' && value !== null) {
    if (path.length > DEEPEST) throw refused(path.slice(0, 5), 'is nested too deep');
    const keys = Array.isArray(value) ? value.keys() : Object.keys(value);
    for (const key of keys) {
      path.push(key);
      check((value as Record<string | number, unknown>)[key], path);
      path.pop();
    }
  }
}

function refused(path: readonly (string | number)[], why: string): OdooError {
  return new OdooError('validation', `The value at ${path.join('.') || 'the top'} ${why}.`);
}
