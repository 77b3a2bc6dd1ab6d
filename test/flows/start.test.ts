/** `npm start` as a new user meets it: a broker and an Odoo of its own, and a line to copy that sends an event. */
import assert from 'node:assert/strict';
import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { openOdoo } from '../../lib/odoo/client.ts';
import { searchAll } from '../../lib/odoo/pages.ts';
import { freePort } from '../support/ports.ts';

const ROOT = join(import.meta.dirname, '..', '..');

describe('npm start', function () {
  this.timeout(120_000);
  let home: string;
  let running: ChildProcess | undefined;
  before(async () => {
    home = await mkdtemp(join(tmpdir(), 'planbridge-start-'));
  });
  after(async () => {
    running?.kill('SIGTERM');
    if (running) await once(running, 'exit');
    await rm(home, { recursive: true, force: true });
  });

  /** Starts it, and gives what it prints until it is up. */
  const start = async (): Promise<string> => {
    const env = { ...process.env, ODOO_URL: '', MQTT_URL: '', PLANBRIDGE_STORE: '', PLANBRIDGE_SAMPLE: '' };
    const started = spawn(process.execPath, ['sandbox/start.ts'], {
      cwd: ROOT,
      env: { ...env, PLANBRIDGE_HOME: home, PORT: String(await freePort()) },
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    running = started;
    let printed = '';
    started.stdout.on('data', (piece) => {
      printed += piece;
    });
    for (let attempt = 0; attempt < 600 && !printed.includes('Ctrl-C'); attempt++) await sleep(100);
    assert.match(printed, /Ctrl-C/);
    assert.doesNotMatch(printed, /\[error\]/);
    return printed;
  };
  const stop = async (): Promise<number> => {
    running?.kill('SIGINT');
    const [code] = await once(running!, 'exit');
    running = undefined;
    return code;
  };
  const named = (printed: string, pattern: RegExp) =>
    pattern.exec(printed)?.[1] ?? assert.fail(`${pattern} is not in ${printed}`);
  const addresses = (printed: string) => [named(printed, /sandbox at (\S+)/), named(printed, /broker at (\S+)/)];

  /** Sends the printed event, and gives by how many minutes its order moved, and what was noted on it. */
  const sendPrinted = async (printed: string) => {
    const [url = ''] = addresses(printed);
    const odoo = openOdoo({ url, database: 'bicycle', login: 'admin', password: 'admin' });
    const order = async () => {
      const domain = [['name', '=', named(printed, /"order":"([^"]+)"/)]];
      const [found] = await searchAll(odoo, { model: 'mrp.production', domain });
      return found ?? assert.fail('there is no such order');
    };
    const begins = async () => Date.parse(`${(await order()).date_start}Z`);
    const before = await begins();
    await promisify(execFile)('sh', ['-c', named(printed, /^Events +(.+)$/m)], { cwd: ROOT });
    for (let attempt = 0; attempt < 100 && (await begins()) === before; attempt++) await sleep(100);
    const domain = [
      ['model', '=', 'mrp.production'],
      ['res_id', '=', (await order()).id],
    ];
    await sleep(1_000);
    const notes = await searchAll(odoo, { model: 'mail.message', domain, fields: ['body'] });
    const moved = ((await begins()) - before) / 60_000;
    await odoo.close();
    return { moved, notes: notes.map(({ body }) => body) };
  };

  it('prints a line that sends an event, after a restart too, at the same addresses, and keeps the flows of its home', async () => {
    const note = 'Delayed by 120 minutes: press down';
    const first = await start();
    assert.deepEqual(await sendPrinted(first), { moved: 120, notes: [note] });
    assert.equal(await stop(), 0);
    const flows = await readFile(join(home, 'flows.json'), 'utf8');

    const second = await start();
    assert.deepEqual(addresses(second), addresses(first));
    assert.deepEqual(await sendPrinted(second), { moved: 120, notes: [note, note] });
    assert.equal(await stop(), 0);
    assert.equal(await readFile(join(home, 'flows.json'), 'utf8'), flows);
  });
});
