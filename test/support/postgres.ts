import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { chownSync, globSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { freePort } from './ports.ts';

/** Where PostgreSQL's programs are, where they are installed. */
export const postgresPrograms = (): string | undefined => {
  const [initdb] = globSync('/usr/lib/postgresql/*/bin/initdb').sort().reverse();
  return initdb && dirname(initdb);
};

/** A PostgreSQL server of a test's own on loopback, to be ended as a crash would. */
export type OwnPostgres = {
  /** Of a database in it. */
  readonly url: string;
  start(): Promise<void>;
  /** Ends all its processes at once; nothing of theirs is written any more. */
  kill(): Promise<void>;
  close(): Promise<void>;
};

export async function startPostgres(): Promise<OwnPostgres> {
  const programs = postgresPrograms();
  if (!programs) throw new Error('PostgreSQL is not installed.');
  const folder = mkdtempSync(join(tmpdir(), 'planbridge-postgres-'));
  const port = await freePort();
  const url = `postgres://postgres@127.0.0.1:${port}/postgres`;
  const user = ownUser();
  if (user) chownSync(folder, user.uid, user.gid);
  const data = join(folder, 'data');
  execFileSync(join(programs, 'initdb'), ['-D', data, '-A', 'trust', '-U', 'postgres'], {
    ...user,
    cwd: folder,
    stdio: 'ignore',
  });
  let running: ChildProcess | undefined;
  const server: OwnPostgres = {
    url,
    async start() {
      const options = ['-p', String(port), '-c', 'listen_addresses=127.0.0.1', '-k', folder];
      running = spawn(join(programs, 'postgres'), ['-D', data, ...options], { ...user, cwd: folder, stdio: 'ignore' });
      for (let attempt = 0; attempt < 200; attempt++, await sleep(50)) if (await answers(url)) return;
      throw new Error(`PostgreSQL does not answer on port ${port}.`);
    },
    async kill() {
      const ending = running;
      running = undefined;
      if (!ending?.pid) return;
      const ended = new Promise((resolve) => ending.once('exit', resolve));
      // Stopped first, so that it does not look after its own when they end.
      ending.kill('SIGSTOP');
      const children = readFileSync(`/proc/${ending.pid}/task/${ending.pid}/children`, 'utf8').trim().split(/\s+/);
      for (const child of children.filter(Boolean)) process.kill(Number(child), 'SIGKILL');
      ending.kill('SIGKILL');
      await ended;
    },
    async close() {
      await server.kill();
      rmSync(folder, { recursive: true, force: true });
    },
  };
  await server.start();
  return server;
}

/** PostgreSQL does not run as root. */
function ownUser(): { readonly uid: number; readonly gid: number } | undefined {
  if (process.getuid?.() !== 0) return undefined;
  const id = (what: string) => Number(execFileSync('id', [what, 'postgres'], { encoding: 'utf8' }));
  return { uid: id('-u'), gid: id('-g') };
}

async function answers(url: string): Promise<boolean> {
  const client = new pg.Client(url);
  client.on('error', () => undefined);
  try {
    await client.connect();
    await client.query('select 1');
    return true;
  } catch {
    return false;
  } finally {
    await client.end().catch(() => undefined);
  }
}
