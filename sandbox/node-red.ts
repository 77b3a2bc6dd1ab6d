import { type ChildProcess, spawn } from 'node:child_process';
import { mkdir, rm, symlink } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { writeFlows } from './flows.ts';

const ROOT = join(import.meta.dirname, '..');

/** A running Node-RED. `ready` resolves once the forecast flow answers; `exited` gives the process's exit code. */
export type RunningNodeRed = {
  readonly url: string;
  readonly process: ChildProcess;
  readonly ready: Promise<void>;
  readonly exited: Promise<number>;
  stop(): Promise<void>;
};

export type NodeRedOptions = {
  /** Node-RED's user directory; made when missing. The flow in it is kept when there is one. */
  readonly home: string;
  readonly port: number;
  readonly env?: Readonly<Record<string, string>>;
  /** Extra arguments for node, such as `--import`. */
  readonly nodeArguments?: readonly string[];
  readonly quiet?: boolean;
};

/** Starts Node-RED on loopback with this checkout's nodes and, in a new home, the shipped flows. */
export async function startNodeRed({
  home,
  port,
  env = {},
  nodeArguments = [],
  quiet = false,
}: NodeRedOptions): Promise<RunningNodeRed> {
  const url = `http://127.0.0.1:${port}`;
  await mkdir(join(home, 'node_modules', '@planbridge'), { recursive: true });
  await mkdir(join(home, 'inbox'), { recursive: true });
  const link = join(home, 'node_modules', '@planbridge', 'node-red-odoo');
  await rm(link, { force: true });
  await symlink(ROOT, link);
  await writeFlows(home);

  const script = join(dirname(createRequire(import.meta.url).resolve('node-red/package.json')), 'red.js');
  const settings = join(import.meta.dirname, 'settings.cjs');
  const child = spawn(process.execPath, [...nodeArguments, script, '-u', home, '-p', String(port), '-s', settings], {
    cwd: home,
    env: { PLANBRIDGE_INBOX: join(home, 'inbox'), ...process.env, ...env },
    stdio: quiet ? ['ignore', 'ignore', 'inherit'] : 'inherit',
  });
  const exited = new Promise<number>((resolve) => child.on('exit', (code) => resolve(code ?? 1)));
  return {
    url,
    process: child,
    exited,
    ready: Promise.race([
      answering(url),
      exited.then((code) => Promise.reject(new Error(`Node-RED ended with code ${code} before it was ready`))),
    ]),
    async stop() {
      child.kill('SIGTERM');
      await exited;
    },
  };
}

/** Waits until the flow's own route answers, which it does only once the nodes behind it run. */
async function answering(url: string): Promise<void> {
  for (let attempt = 0; attempt < 600; attempt++) {
    const answer = await fetch(`${url}/planning/runs/none`).catch(() => undefined);
    if (answer?.headers.get('content-type')?.includes('json')) return;
    await sleep(100);
  }
  throw new Error(`The forecast flow did not answer at ${url} within a minute. Is its flow deployed?`);
}
