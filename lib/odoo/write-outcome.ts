import type { OdooClient } from './client.ts';
import type { OdooError } from './errors.ts';

/** What became of one record of a bulk write. */
export type WriteOutcome = {
  /** Its place in the list that was given. */
  readonly index: number;
  readonly outcome: 'created' | 'updated' | 'unchanged' | 'refused';
  readonly id?: number;
  /** The values that were written. */
  readonly changed?: Readonly<Record<string, unknown>>;
  /** What those fields held before. */
  readonly before?: Readonly<Record<string, unknown>>;
  /** Why it was refused, in Odoo's own words. */
  readonly error?: OdooError;
};

export type WriteOptions = {
  readonly context?: Readonly<Record<string, unknown>>;
  /** Records a call. */
  readonly batchSize?: number;
  readonly signal?: AbortSignal;
};

/** Records a call. XML-RPC is written in the process that also answers everything else, so its batches are smaller. */
const LARGEST_BATCH = { json2: Number.POSITIVE_INFINITY, jsonrpc: Number.POSITIVE_INFINITY, xmlrpc: 200 } as const;

/** Records a call: what is asked for, else a thousand, and what the protocol bears at most. */
export async function batchSizeOf(client: OdooClient, { batchSize }: WriteOptions): Promise<number> {
  return Math.min(batchSize || 1000, LARGEST_BATCH[await client.protocol()]);
}

/** Spares Odoo the chatter of a bulk write: no tracking, no "created" notes, no followers. */
export const QUIET: Readonly<Record<string, unknown>> = {
  tracking_disable: true,
  mail_notrack: true,
  mail_create_nolog: true,
  mail_create_nosubscribe: true,
};
