import assert from 'node:assert/strict';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { startTcpProxy } from '../support/tcp-proxy.ts';
import { mountSmallDisk } from '../support/tmpfs.ts';
import { openSite, type Site } from './support/site.ts';

async function load(site: Site, begin: () => unknown, end: () => unknown) {
  const already = await site.delayed();
  let going = true; let sent = 0; const runs: string[] = []; const answers: Record<string, number> = {};
  const events = (async () => { while (going) { await site.delay(1); sent++; await sleep(40); } })();
  const posts = (async () => { while (going) { const a = await site.post().catch((e) => ({ status: e.message, body: {} as any })); answers[a.status] = (answers[a.status] ?? 0) + 1; if (a.status === 202) runs.push(String(a.body.run)); await sleep(150); } })();
  for (let i = 0; i < 4; i++) { await sleep(2000); await begin(); await sleep(3000); await end(); }
  going = false; await Promise.all([events, posts]);
  const since = Date.now();
  console.log('sent', sent, answers);
  for (;;) {
    const states: Record<string, number> = {};
    for (const r of runs) { const s = String((await site.run(r)).body.state); states[s] = (states[s] ?? 0) + 1; }
    const d = await site.delayed();
    console.log(Math.round((Date.now() - since) / 1000), states, d.minutes - already.minutes, d.notes - already.notes);
    if (Object.keys(states).length === 1 && d.minutes - already.minutes >= sent && d.notes - already.notes >= sent) { assert.deepEqual([d.minutes - already.minutes, d.notes - already.notes], [sent, sent]); break; }
    if (Date.now() - since > 200_000) throw new Error('not drained');
    await sleep(5000);
  }
}
describe('load', function () {
  this.timeout(0);
  it('disk', async () => {
    const disk = mountSmallDisk(64);
    const site = await openSite(join(disk.folder, 'store.sqlite'));
    await site.start();
    try { await load(site, disk.fill, disk.free); } finally { await site.close(); disk.close(); }
  });
  for (const how of ['cut', 'hush'] as const)
  it('pg ' + how, async () => {
    const url = process.env.TEST_POSTGRES_URL!; const name = `pb_load_${how}`;
    const admin = new pg.Client(url); await admin.connect(); await admin.query(`drop database if exists ${name} with (force)`); await admin.query(`create database ${name}`);
    const u = new URL(url);
    const proxy = await startTcpProxy({ host: u.hostname, port: Number(u.port) });
    const site = await openSite(Object.assign(new URL(url), { pathname: name, hostname: '127.0.0.1', port: proxy.port, search: 'query_timeout=2000' }).href);
    await site.start();
    try { await load(site, proxy[how], proxy.restore); } finally { await site.close(); await proxy.close(); await admin.query(`drop database ${name} with (force)`); await admin.end(); }
  });
});
