/**
 * Installs the packed tarball into a fresh Node-RED of the version in TEST_NODE_RED, boots it, and checks that what
 * package.json promises is really served. Faults of packaging show nowhere else: the test helper loads sources.
 */
import assert from 'node:assert/strict';
import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import manifest from '../../package.json' with { type: 'json' };
import { freePort } from '../support/ports.ts';

const version = process.env.TEST_NODE_RED;
const tarball = process.env.TEST_TARBALL;
const types = Object.keys(manifest['node-red'].nodes);

describe(`the package in Node-RED ${version}`, () => {
  let home: string;
  let url: string;
  let server: ChildProcess;
  let log = '';

  before(async function () {
    this.timeout(240_000);
    assert.ok(version && tarball, 'TEST_NODE_RED and TEST_TARBALL say what to test');
    home = await mkdtemp(join(tmpdir(), 'planbridge-package-'));
    await writeFile(join(home, 'package.json'), '{"name":"plant","version":"1.0.0","private":true}');
    execFileSync('npm', ['install', '--no-audit', '--no-fund', '--omit=dev', `node-red@${version}`, tarball], {
      cwd: home,
      stdio: 'ignore',
    });
    const port = await freePort();
    url = `http://127.0.0.1:${port}`;
    server = spawn(process.execPath, ['node_modules/node-red/red.js', '-u', home, '-p', String(port), '-D', 'uiHost=127.0.0.1'], {
      cwd: home,
    });
    server.stdout?.on('data', (text) => (log += text));
    server.stderr?.on('data', (text) => (log += text));
    for (let attempt = 0; attempt < 300 && !(await fetch(`${url}/nodes`).catch(() => undefined))?.ok; attempt++) await sleep(200);
  });

  after(async () => {
    server?.kill();
    await rm(home, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 });
  });

  const nodes = async () =>
    (
      (await (await fetch(`${url}/nodes`, { headers: { accept: 'application/json' } })).json()) as {
        module: string;
        types: string[];
        err?: string;
        enabled: boolean;
      }[]
    ).filter((set) => set.module === manifest.name);

  it('loads every node that package.json names', async () => {
    const sets = await nodes();
    assert.deepEqual(
      sets.filter((set) => set.err || !set.enabled),
      [],
      log,
    );
    assert.deepEqual(sets.flatMap((set) => set.types).sort(), [...types].sort());
  });

  for (const type of types) {
    it(`serves the form, help, texts and icon of ${type}`, async () => {
      const form = await (await fetch(`${url}/nodes/${manifest.name}/${type}`, { headers: { accept: 'text/html' } })).text();
      assert.match(form, new RegExp(`registerType\\(['"]${type}['"]`));
      assert.match(form, new RegExp(`data-template-name=["']${type}["']`));
      assert.match(form, new RegExp(`data-help-name=["']${type}["']`));
      const texts = (await (await fetch(`${url}/nodes/${manifest.name}/${type}/messages?lng=en-US`)).json()) as Record<
        string,
        unknown
      >;
      assert.ok(Object.keys(texts).length > 0, 'no locale is served');
      const icon = await fetch(`${url}/icons/${manifest.name}/${type}.svg`);
      assert.equal(icon.headers.get('content-type')?.split(';')[0], 'image/svg+xml');
      assert.match(await icon.text(), /<svg/);
      const listed = (await (await fetch(`${url}/icons`, { headers: { accept: 'application/json' } })).json()) as Record<
        string,
        string[]
      >;
      assert.ok(listed[manifest.name]?.includes(`${type}.svg`), 'its icon is not in the list of icons');
    });
  }

  it('offers every flow as an example, and uses every node in one of them', async () => {
    const library = `${url}/library/examples/flows/${manifest.name}`;
    const offered = ((await (await fetch(library)).json()) as { fn: string }[])
      .map((entry) => entry.fn.replace(/\.json$/, ''))
      .sort();
    const flows = (await readdir(join(import.meta.dirname, '..', '..', 'flows')))
      .map((file) => file.replace(/\.json$/, ''))
      .sort();
    assert.deepEqual(offered, flows);
    const used = new Set<string>();
    for (const name of flows)
      for (const node of (await (await fetch(`${library}/${name}`)).json()) as { type: string }[]) used.add(node.type);
    assert.deepEqual(
      types.filter((type) => !used.has(type)),
      [],
      'nodes that no example uses',
    );
  });
});
