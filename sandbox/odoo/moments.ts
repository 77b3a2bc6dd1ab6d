import { OdooFault, repr } from './errors.ts';
import type { Field } from './schema.ts';

const DATE = /^\d{4}-\d{2}-\d{2}$/;
const DATETIME = /^\d{4}-\d{2}-\d{2}[ T]\d{2}:\d{2}(:\d{2})?(\.\d+)?$/;

/** A date or datetime of a domain in the form that it is kept in, in whole seconds. */
export function comparableMoment(field: Pick<Field, 'type'>, value: unknown): string {
  if (typeof value !== 'string' || !(DATE.test(value) || DATETIME.test(value)))
    throw new OdooFault('value', `Invalid term ${repr(value)} in expression date: ${repr(value)}`);
  const text = value.replace('T', ' ');
  if (field.type === 'date') return text.slice(0, 10);
  if (text.length === 10) return `${text} 00:00:00`;
  return text.length === 16 ? `${text}:00` : text;
}

/** The beginning of what comes after a second, or after a day where only a date is given. */
export function nextMoment(value: string): string {
  const day = DATE.test(value);
  const start = Date.parse(`${comparableMoment({ type: 'datetime' }, value).slice(0, 19).replace(' ', 'T')}Z`);
  return new Date(start + (day ? 86_400_000 : 1_000)).toISOString().replace('T', ' ').slice(0, 19);
}

/** A date as it is written, or the refusal that Python's `strptime` gives. */
export function writtenMoment(type: 'date' | 'datetime', value: unknown): string {
  const text = String(value);
  const format = type === 'date' || text.length <= 10 ? '%Y-%m-%d' : '%Y-%m-%d %H:%M:%S';
  const fits =
    type === 'date'
      ? DATE.test(text.slice(0, 10)) && (text.length === 10 || DATETIME.test(text))
      : DATE.test(text) || DATETIME.test(text);
  const parsed = new Date(`${text.slice(0, 10)}T${text.length > 10 ? text.slice(11, 19) : '00:00:00'}Z`);
  if (!fits || Number.isNaN(parsed.getTime()) || parsed.toISOString().slice(0, 10) !== text.slice(0, 10))
    throw new OdooFault('value', `time data ${repr(text)} does not match format '${format}'`);
  if (type === 'date') return text.slice(0, 10);
  return text.length <= 10 ? `${text} 00:00:00` : text.replace('T', ' ').slice(0, 19);
}

/** A date moved by a number of days. */
export function addDays(date: string, days: number): string {
  return new Date(Date.parse(`${date.slice(0, 10)}T00:00:00Z`) + Math.round(days) * 86_400_000).toISOString().slice(0, 10);
}
