import assert from 'node:assert/strict';
import { v7 as uuidv7 } from 'uuid';
import { sumQuantities } from '../../lib/canonical/quantity.ts';
import type { VersionItem } from '../../lib/canonical/version-item.ts';
import type { Store } from '../../lib/store/open.ts';

/** Makes these items the planning baseline of an interface: a version that was released, all of it written. */
export async function releasedVersion(
  { runs, jobs, versions }: Store,
  name: string,
  items: readonly VersionItem[],
): Promise<string> {
  const run = { id: uuidv7(), interface: name, source: 'test', requester: undefined };
  const [intake, queue] = [`intake:${run.id}`, `release:${run.id}`];
  const claimed = async (from: string) => {
    const [job] = await jobs.claim(from, { owner: 'test', leaseSeconds: 60, limit: 1 });
    return job?.lease ?? assert.fail(`nothing to claim in ${from}`);
  };
  const lines = items.reduce((sum, item) => sum + item.lines, 0);
  const total = { lines, quantity: sumQuantities(items.map(({ sent }) => sent)) };
  await runs.begin(run);
  await runs.accept(run, { lines, contentHash: run.id, queue: intake, maxAttempts: 1 });
  const lease = await claimed(intake);
  await runs.total(lease, 'validated', '0', total);
  await runs.total(lease, 'accepted', '0', total);
  const version = { interface: name, run: run.id, queue, purpose: 'baseline' as const, mappings: [], rules: [] };
  const id = await versions.keep(lease, version, items);
  const judged = { baseline: undefined, difference: null, automatic: true, why: [], waitHours: 1, maxAttempts: 1 };
  await versions.validated(lease, id, judged);
  assert.equal(await runs.release(lease), 'released');
  const release = await claimed(queue);
  const { key } = await versions.begin(release, '2026-12-01');
  const records = items.map(({ product, lines, sent }) => ({ product, $source: { lines, quantity: sent } }));
  const payload = { model: 'x', records };
  await jobs.add([{ queue: `write:${run.id}`, kind: 'odoo-write', key, run: run.id, payload, maxAttempts: 1 }], release);
  await runs.handOver(release);
  assert.equal(await runs.release(release), 'released');
  const applied = { ...total, records: records.length };
  await jobs.succeed(await claimed(`write:${run.id}`), { result: {}, totals: { applied } });
  assert.equal((await versions.baseline(name))?.id, id);
  return id;
}
