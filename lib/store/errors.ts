/**
 * - `busy`         another process uses this SQLite file
 * - `newer`        a newer Planbridge wrote this store
 * - `out-of-turn`  another version has to be released, or taken back, before this one
 * - `stale-lease`  the job was taken over by another worker, or has ended; what this one did is not taken
 * - `unavailable`  the database does not answer, or refuses for now
 * - `full`         its disk is full
 * - `settings`     the store's address is not right
 */
export type StoreErrorCode = 'busy' | 'newer' | 'out-of-turn' | 'stale-lease' | 'unavailable' | 'full' | 'settings';

/** The store could not do what was asked; nothing of it was done. */
export class StoreError extends Error {
  readonly code: StoreErrorCode;

  constructor(code: StoreErrorCode, message: string, cause?: unknown) {
    super(message, { cause });
    this.name = 'StoreError';
    this.code = code;
  }
}
