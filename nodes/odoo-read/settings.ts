import { z } from 'zod';
import { listField, numberField, objectField, textField } from '../../lib/node/settings.ts';

export const Settings = z.object({
  server: textField(),
  operation: z.enum(['search', 'group', 'count']).default('search'),
  model: textField(),
  /** Odoo's domain as text; a message may carry it as a list. */
  domain: z.union([z.string(), z.array(z.unknown())]).default(''),
  fields: listField,
  order: textField(),
  limit: numberField(0),
  pageSize: numberField(1000),
  groupBy: listField,
  aggregates: listField,
  context: objectField,
  /** Of the instances on this store one reads; blank = each of them reads. */
  store: textField(),
  turnSeconds: numberField(60),
});
