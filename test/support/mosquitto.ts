import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { freePort } from './ports.ts';

const PROGRAM = '/usr/sbin/mosquitto';
const CERTIFICATES = join(import.meta.dirname, '..', 'odoo', 'certificates');

/** The path of Mosquitto, where it is installed. */
export const mosquittoPath = (): string | undefined => (existsSync(PROGRAM) ? PROGRAM : undefined);

/** A real broker on loopback that keeps its sessions over restarts. */
export type Mosquitto = {
  readonly url: string;
  start(): Promise<void>;
  /** Ends it; `SIGKILL` as a power cut would. */
  stop(signal?: NodeJS.Signals): Promise<void>;
  close(): Promise<void>;
};

export type MosquittoSettings = {
  /** It speaks TLS only, with a certificate of the plant's own authority (`ca.pem`); or wants one of the client too. */
  readonly tls?: 'server' | 'both';
  /** Whom it lets in; without them, everybody. */
  readonly users?: Readonly<Record<string, string>>;
};

export async function startMosquitto({ tls, users }: MosquittoSettings = {}): Promise<Mosquitto> {
  const folder = await mkdtemp(join(tmpdir(), 'planbridge-mosquitto-'));
  const port = await freePort();
  const settings = join(folder, 'mosquitto.conf');
  const lines = [
    `listener ${port} 127.0.0.1`,
    `allow_anonymous ${!users}`,
    ...(users ? [`password_file ${join(folder, 'passwords')}`] : []),
    ...(tls
      ? [`certfile ${CERTIFICATES}/server.pem`, `keyfile ${CERTIFICATES}/server.key`, `cafile ${CERTIFICATES}/ca.pem`]
      : []),
    `require_certificate ${tls === 'both'}`,
    'persistence true',
    `persistence_location ${folder}/`,
    'autosave_interval 1',
    'autosave_on_changes true',
    'max_queued_messages 0',
    'log_type none',
    // Debian's Mosquitto drops to a user that may not write the folder.
    ...(process.getuid?.() === 0 ? ['user root'] : []),
  ];
  await writeFile(settings, `${lines.join('\n')}\n`);
  for (const [at, [user, password]] of Object.entries(users ?? {}).entries())
    execFileSync('mosquitto_passwd', ['-b', ...(at === 0 ? ['-c'] : []), join(folder, 'passwords'), user, password]);
  let running: ChildProcess | undefined;
  const broker: Mosquitto = {
    url: `${tls ? 'mqtts' : 'mqtt'}://127.0.0.1:${port}`,
    async start() {
      running = spawn(PROGRAM, ['-c', settings], { stdio: 'ignore' });
      for (let attempt = 0; attempt < 200; attempt++) {
        if (await answers(port)) return;
        await sleep(25);
      }
      throw new Error(`Mosquitto does not answer on port ${port}.`);
    },
    async stop(signal = 'SIGTERM') {
      const ending = running;
      running = undefined;
      if (!ending) return;
      const ended = new Promise((resolve) => ending.once('exit', resolve));
      ending.kill(signal);
      await ended;
    },
    async close() {
      await broker.stop();
      await rm(folder, { recursive: true, force: true });
    },
  };
  await broker.start();
  return broker;
}

function answers(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    socket.on('connect', () => resolve(!!socket.destroy()));
    socket.on('error', () => resolve(false));
  });
}
