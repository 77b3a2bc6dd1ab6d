import { z } from 'zod';

/** `auto` picks the best that the server and the credentials allow: JSON-2, then JSON-RPC, then XML-RPC. */
export const PROTOCOLS = ['json2', 'jsonrpc', 'xmlrpc'] as const;
export type Protocol = (typeof PROTOCOLS)[number];

const Tls = z.object({
  ca: z.union([z.string(), z.instanceof(Buffer)]).optional(),
  cert: z.union([z.string(), z.instanceof(Buffer)]).optional(),
  key: z.union([z.string(), z.instanceof(Buffer)]).optional(),
  passphrase: z.string().optional(),
  servername: z.string().optional(),
  rejectUnauthorized: z.boolean().optional(),
});

const blankAsUnset = <T extends z.ZodType>(schema: T) =>
  z.preprocess((value) => (value === '' ? undefined : value), schema.optional());

/** How to reach one Odoo, and how hard to lean on it. */
export const ConnectionSettings = z.object({
  url: z.url({
    protocol: /^https?$/,
    error: 'The address of Odoo begins with http:// or https://, such as https://odoo.example.com.',
  }),
  /** May be left out where the server has only one. */
  database: blankAsUnset(z.string()),
  login: blankAsUnset(z.string()),
  password: blankAsUnset(z.string()),
  /** Used instead of the password; JSON-2 takes nothing else. */
  apiKey: blankAsUnset(z.string()),
  protocol: z.enum(['auto', ...PROTOCOLS]).default('auto'),
  /** Seconds to wait for an answer. Over Odoo's own limit of 120, so that what Odoo gives up on is told by Odoo. */
  timeoutSeconds: z.number().positive().default(130),
  /** Seconds for which Odoo may be at work on a call (its `limit_time_real`), also when nobody waits for the answer any more. */
  limitSeconds: z.number().positive().default(120),
  connectTimeoutSeconds: z.number().positive().default(10),
  /** Calls under way at once. */
  maxConcurrent: z.number().int().positive().default(4),
  /** Calls begun a second; 0 = no limit. Odoo Online bears about one. */
  callsPerSecond: z.number().min(0).default(0),
  maxAnswerMegabytes: z.number().positive().default(256),
  tls: Tls.optional(),
  /** Context of every call, such as the language. */
  context: z.record(z.string(), z.unknown()).default({}),
});
export type ConnectionSettings = z.infer<typeof ConnectionSettings>;
export type ConnectionInput = z.input<typeof ConnectionSettings>;
