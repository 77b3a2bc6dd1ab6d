import { OdooFault, repr } from './errors.ts';
import { writtenMoment } from './moments.ts';
import type { Field } from './schema.ts';
import type { Value } from './store.ts';

const LARGEST = 2 ** 31;

/** A value from outside in the form that it is kept in; lists of records are not values and are written by commands. */
export function kept(model: string, field: Field, value: unknown): Value {
  const empty = value === false || value === null || value === undefined;
  switch (field.type) {
    case 'boolean':
      return Boolean(value);
    case 'integer':
    case 'many2one_reference':
      return empty ? 0 : wholeNumber(value);
    case 'float':
    case 'monetary':
      return empty ? 0 : rounded(decimal(value), field.digits);
    case 'date':
    case 'datetime':
      return empty || value === '' ? null : writtenMoment(field.type, value);
    case 'selection':
      if (empty || value === '') return null;
      if (!field.selection?.some(([key]) => key === String(value)))
        throw new OdooFault('value', `Wrong value for ${model}.${field.name}: ${repr(value)}`);
      return String(value);
    case 'many2one':
      if (typeof value === 'string')
        return value.trim() !== '' && Number.isInteger(Number(value)) ? Number(value) : noRecord(value);
      return typeof value === 'number' && value > 0 ? value : null;
    default:
      return empty ? null : text(value);
  }
}

function text(value: unknown): string {
  const written = typeof value === 'object' ? repr(value) : typeof value === 'boolean' ? repr(value) : String(value);
  if (written.includes('\0')) throw new OdooFault('value', 'A string literal cannot contain NUL (0x00) characters.');
  return written;
}

function wholeNumber(value: unknown): number {
  const number = typeof value === 'string' ? (/^\s*[-+]?\d+\s*$/.test(value) ? Number(value) : Number.NaN) : Number(value);
  if (Number.isNaN(number)) throw new OdooFault('value', `invalid literal for int() with base 10: ${repr(value)}`);
  if (Math.abs(number) >= LARGEST) throw new OdooFault('range', 'integer out of range\n');
  return Math.trunc(number);
}

function decimal(value: unknown): number {
  if (Array.isArray(value) || (typeof value === 'object' && value !== null))
    throw new OdooFault(
      'type',
      `float() argument must be a string or a real number, not '${Array.isArray(value) ? 'list' : 'dict'}'`,
    );
  const number = typeof value === 'string' && value.trim() === '' ? Number.NaN : Number(value);
  if (Number.isNaN(number)) throw new OdooFault('value', `could not convert string to float: ${repr(value)}`);
  return number;
}

function noRecord(value: string): never {
  throw new OdooFault('value', `invalid literal for int() with base 10: ${repr(value)}`);
}

/** Half away from zero, as Odoo rounds; without decimals as it is. */
export function rounded(value: number, decimals: number | undefined): number {
  if (decimals === undefined || !Number.isFinite(value)) return value;
  const factor = 10 ** decimals;
  const scaled = Math.abs(value) * factor;
  return (Math.sign(value) * Math.round(scaled + scaled * Number.EPSILON)) / factor;
}

/** Rounded up or to the nearest multiple of a unit's rounding, without the dust of binary fractions. */
export function toRounding(value: number, rounding: number, way: 'up' | 'nearest'): number {
  if (rounding <= 0) return value;
  const steps = value / rounding;
  const near = Math.round(steps);
  const whole = way === 'nearest' || Math.abs(steps - near) < 1e-6 ? near : Math.ceil(steps);
  return Number((whole * rounding).toFixed(6));
}
