import { createHash } from 'node:crypto';

/** Bytes that a key may have beside a queue's name in a row of an index, of which PostgreSQL takes 2,704. */
const MOST_BYTES = 500;
const BEGINNING = 200;

/**
 * A key made of what comes from outside, no longer than a store's index takes. A longer one is its beginning, for people to
 * read, and a hash of the whole.
 */
export function shortKey(key: string): string {
  if (Buffer.byteLength(key) <= MOST_BYTES) return key;
  // A character of two halves that is cut in between would come back from the store as another one.
  const beginning = key.slice(0, BEGINNING).toWellFormed();
  return `${beginning}~${createHash('sha256').update(key).digest('hex')}`;
}
