import type { FieldInfo } from './profile.ts';

const NUMERIC = /^\s*[+-]?\d+(\.\d+)?\s*$/;

/**
 * Whether a value that would be written is what Odoo already holds, as Odoo answers it: a many2one as `[id, name]`,
 * an empty field as false, a float rounded to the field's digits. Commands for one2many and many2many always write,
 * except "replace by these" (`[[6, 0, ids]]`).
 */
export function holds(field: FieldInfo | undefined, held: unknown, wanted: unknown): boolean {
  switch (field?.type) {
    case 'many2one':
      return idOf(held) === idOf(wanted);
    case 'float':
    case 'monetary': {
      const digits = field.digits?.[1];
      const tolerance = digits === undefined ? 1e-9 * Math.max(1, Math.abs(Number(held))) : 0.5 * 10 ** -digits;
      return Math.abs(Number(held) - Number(wanted)) < tolerance;
    }
    case 'one2many':
    case 'many2many': {
      const command = Array.isArray(wanted) && wanted.length === 1 ? wanted[0] : undefined;
      return Array.isArray(command) && command[0] === 6 && sameIds(held, command[2]);
    }
    case 'boolean':
      return Boolean(held) === Boolean(wanted);
    case 'integer':
      return Number(held || 0) === Number(wanted || 0);
    case 'char':
    case 'text':
      return (isEmpty(held) && isEmpty(wanted)) || String(held) === String(wanted);
    default:
      return held === wanted || (isEmpty(held) && isEmpty(wanted));
  }
}

/** Whether Odoo's value is none: false or empty text, but not the number 0. */
export function isEmpty(value: unknown): boolean {
  return value === false || value === null || value === undefined || value === '' || (Array.isArray(value) && value.length === 0);
}

/** A number that is given as text, as mappings give it since text is exact, as the number that Odoo answers; anything else as it is. */
export function asNumber(value: unknown): unknown {
  return typeof value === 'string' && NUMERIC.test(value) ? Number(value) : value;
}

function idOf(value: unknown): unknown {
  return asNumber(Array.isArray(value) ? value[0] : value) || false;
}

function sameIds(held: unknown, wanted: unknown): boolean {
  if (!Array.isArray(held) || !Array.isArray(wanted) || held.length !== wanted.length) return false;
  const ids = new Set(held);
  return wanted.every((id) => ids.has(id));
}
