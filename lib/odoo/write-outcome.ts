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

export const BATCH_SIZE = 1000;

/** Spares Odoo the chatter of a bulk write: no tracking, no "created" notes, no followers. */
export const QUIET: Readonly<Record<string, unknown>> = {
  tracking_disable: true,
  mail_notrack: true,
  mail_create_nolog: true,
  mail_create_nosubscribe: true,
};
