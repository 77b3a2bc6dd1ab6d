import type { PostgresPool, PostgresPoolClient, PostgresQueryResult } from 'kysely';
import pg from 'pg';
import { StoreError } from './errors.ts';

const DISK_FULL = '53100';
/**
 * Classes of SQLSTATE in which the server refuses for now, whatever it was asked: connection, transaction rolled back (a
 * deadlock), resources, lock not available, operator, system; a transaction that was ended for being idle; a standby.
 */
const FOR_NOW = /^(08|40|53|55|57|58|25P03|25006)/;
/** With these the server ends the connection. */
const THE_END = /^(57P|25P03)/;

/**
 * The driver's pool, with its errors told as the store's. A connection that breaks while it is lent says why, whatever it
 * is asked from then on, and is replaced; unheard, its error would end the process.
 */
export function tellingPool(pool: pg.Pool): PostgresPool {
  // Of a connection that breaks while idle nobody has to hear.
  pool.on('error', () => undefined);
  const connect = async () => {
    const client = await pool.connect().catch((error: Error) => {
      throw new StoreError('unavailable', `The store does not answer: ${error.message}. It is tried again by itself.`, error);
    });
    return lend(client);
  };
  return { options: pool.options, connect, end: () => pool.end() };
}

function lend(client: pg.PoolClient): PostgresPoolClient {
  let broken: StoreError | undefined;
  const onError = (error: Error) => {
    broken ??= brokenOff(error);
  };
  client.on('error', onError);
  const query = async <Row>(text: string, values: readonly unknown[]) => {
    if (broken) throw broken;
    try {
      return (await client.query(text, [...values])) as unknown as PostgresQueryResult<Row>;
    } catch (error) {
      if (!(error instanceof pg.DatabaseError)) broken ??= brokenOff(error as Error);
      else if (THE_END.test(error.code ?? '')) broken ??= brokenOff(error);
      throw broken ?? toldOf(error as pg.DatabaseError);
    }
  };
  const release = (destroy = false) => {
    client.off('error', onError);
    client.release(destroy || broken !== undefined);
  };
  return { query: query as PostgresPoolClient['query'], release };
}

function brokenOff(error: Error): StoreError {
  return new StoreError('unavailable', `The connection to the store broke off: ${error.message}. It is made anew.`, error);
}

/** What is no matter of the statement, as the store's error; any other as it is. */
function toldOf(error: pg.DatabaseError): Error {
  const { code = '', message } = error;
  if (code === DISK_FULL)
    return new StoreError('full', `The disk of the store is full: ${message}. Free some space on it.`, error);
  if (!FOR_NOW.test(code)) return error;
  return new StoreError('unavailable', `The store refuses for now: ${message}. It is tried again by itself.`, error);
}
