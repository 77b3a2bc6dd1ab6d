/**
 * Loaded into a Node-RED process before anything else. FAULTS_KILL_AT=`point#n` ends the process, as a power cut would, the
 * n-th time that it passes that point. The libraries are hooked, never the code under test.
 */
import { subscribe } from 'node:diagnostics_channel';
import { ServerResponse } from 'node:http';
import { Socket } from 'node:net';
import Database from 'better-sqlite3';

const [where, nth] = (process.env.FAULTS_KILL_AT ?? '').split('#');
let left = Number(nth ?? Number.POSITIVE_INFINITY);

const passing = (point: string): void => {
  if (point === where && --left === 0) process.kill(process.pid, 'SIGKILL');
};

// The store's commits.
const { prepare } = Database.prototype;
Database.prototype.prepare = function (this: Database.Database, source: string) {
  const statement = prepare.call(this, source) as Database.Statement;
  if (source !== 'commit') return statement;
  const { run } = statement;
  statement.run = (...values: unknown[]) => {
    passing('before-commit');
    const result = run.apply(statement, values);
    passing('after-commit');
    return result;
  };
  return statement;
} as typeof prepare;

// Calls to Odoo: on their way, gone, answered.
subscribe('undici:request:create', () => passing('before-send'));
subscribe('undici:request:bodySent', () => passing('after-send'));
subscribe('undici:request:headers', () => passing('before-answer'));
subscribe('undici:request:trailers', () => passing('after-answer'));

// Acknowledgements: of an event to the broker (the first byte of a PUBACK is 0x40), of a forecast to its sender.
const PUBACK = 0x40;
const { write } = Socket.prototype;
Socket.prototype.write = function (this: Socket, ...given: Parameters<typeof write>) {
  const [chunk] = given as unknown[];
  const acknowledges = chunk instanceof Uint8Array && chunk.length <= 8 && chunk[0] === PUBACK;
  if (acknowledges) passing('before-acknowledgement');
  const result = write.apply(this, given);
  // The bytes leave at the end of this turn.
  if (acknowledges) setTimeout(() => passing('after-acknowledgement'), 1);
  return result;
} as typeof write;

const { end } = ServerResponse.prototype;
ServerResponse.prototype.end = function (this: ServerResponse, ...given: Parameters<typeof end>) {
  if (this.statusCode === 202) {
    passing('before-reply');
    this.on('finish', () => passing('after-reply'));
  }
  return end.apply(this, given);
} as typeof end;
