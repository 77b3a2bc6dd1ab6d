import { z } from 'zod';
import { parseLiteral } from '../odoo/literal.ts';
import { SettingsError } from './errors.ts';

/** A form's number field, which may come as text; blank is the default. */
export const numberField = (standard: number) =>
  z.preprocess((value) => (value === '' || value === null || value === undefined ? standard : Number(value)), z.number());

/** A form's text field. An environment variable that is not set leaves its `${NAME}` standing; that is blank too. */
export const textField = (standard = '') =>
  z.preprocess((value) => (typeof value !== 'string' || /^\$\{[^}]*\}$/.test(value) ? standard : value.trim()), z.string());

/** A list of names: as a list, or as text with commas. */
export const listField = z.preprocess(
  (value) =>
    (typeof value === 'string' ? value.split(',') : Array.isArray(value) ? value : [])
      .map((name) => String(name).trim())
      .filter(Boolean),
  z.array(z.string()),
);

/** A value of named parts, given as an object or as JSON text; blank is none. */
export const objectField = z.preprocess(
  (value) => (typeof value === 'string' ? (value.trim() ? parseLiteral(value, 'context') : {}) : (value ?? {})),
  z.record(z.string(), z.unknown()),
);

/** A node's settings from its saved form. Throws SettingsError that names the fields which are not right. */
export function parseSettings<Schema extends z.ZodType>(schema: Schema, config: unknown): z.output<Schema> {
  const parsed = schema.safeParse(config);
  if (parsed.success) return parsed.data;
  const issues = parsed.error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`);
  throw new SettingsError(`The node's settings are not right. ${issues.join('; ')}`);
}
