import { z } from 'zod';
import { numberField, textField } from '../../lib/node/settings.ts';

export const Settings = z.object({
  url: textField(),
  database: textField(),
  login: textField(),
  protocol: z.enum(['auto', 'json2', 'jsonrpc', 'xmlrpc']).default('auto'),
  environment: z.enum(['development', 'test', 'production']).default('development'),
  /** Id of a `tls-config` node. */
  tls: textField(),
  timeout: numberField(130),
  /** Odoo's own limit, `limit_time_real`. */
  limit: numberField(120),
  connectTimeout: numberField(10),
  maxConcurrent: numberField(4),
  callsPerSecond: numberField(0),
  maxAnswer: numberField(256),
  timezone: textField('UTC'),
  /** Environment variables that are used where the form holds no password or key. */
  passwordVariable: textField('ODOO_PASSWORD'),
  apiKeyVariable: textField('ODOO_API_KEY'),
});
export type Settings = z.infer<typeof Settings>;
