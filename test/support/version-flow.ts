import assert from 'node:assert/strict';
import { v7 as uuidv7 } from 'uuid';
import type { FlowRecord } from '../../lib/canonical/marks.ts';
import type { VersionItem } from '../../lib/canonical/version-item.ts';
import { route } from '../../lib/exceptions/routing.ts';
import { nextVersion } from '../../lib/release/emission.ts';
import type { ClaimedJob } from '../../lib/store/jobs.ts';
import type { Store } from '../../lib/store/open.ts';
import type { VersionPurpose } from '../../lib/store/schema.ts';
import type { Version } from '../../lib/store/versions/read.ts';
import type { WrittenRecord } from '../../lib/store/versions/written.ts';

export const INTAKE = 'forecast-receive:test';
export const QUEUE = 'forecast-approve:test';
/** Of the node that releases promotions. */
export const PROMOTIONS = 'forecast-approve:promotions';
export const EMITTED = { queue: QUEUE, owner: 'test', leaseSeconds: 60, day: '2026-12-01', everything: false };

/** A product's item, wanted in one period by one line. */
export function item(product: string, quantity: string, group = 'All'): VersionItem {
  const periods = [{ period: '2026-12', quantity, lines: [[2, quantity] as [number, string]] }];
  return { product, location: 'WH', group, uom: 'Units', lines: 1, sent: quantity, periods };
}

/** What a write did with record 7, which stands for product A. */
export function wrote(before: object, changed: object, outcome = 'updated'): WrittenRecord {
  return {
    place: 0,
    model: 'x',
    record: 7,
    product: 'A',
    location: 'WH',
    outcome,
    before: { ...before },
    changed: { ...changed },
  };
}

/** A line of a product for which there is no source. */
function refusalOf(product: string, at: number) {
  const refusal = {
    reason: 'NO_SUPPLY_SOURCE' as const,
    stage: 'validation' as const,
    message: `${product} is neither made nor bought.`,
    record: { product, $line: at + 2 },
    line: at + 2,
    product,
    quantity: '1',
  };
  return { ...refusal, ...route(refusal) };
}

/** What a flow does with forecasts of an interface: it makes versions of them, and writes what their releases give it. */
export function versionFlow(store: () => Store, name: () => string) {
  const claim = async (queue: string) => {
    const [job] = await store().jobs.claim(queue, { owner: 'test', leaseSeconds: 60, limit: 1 });
    assert.ok(job, `nothing to claim in ${queue}`);
    return job;
  };

  /** A run of so many lines that was accepted. */
  const accepted = async (lines: number, requester?: string, intake = INTAKE): Promise<string> => {
    const run = { id: uuidv7(), interface: name(), source: 'test', requester };
    await store().runs.begin(run);
    await store().runs.addPart(run.id, 0, [{ product: 'A' }]);
    await store().runs.accept(run, { lines, contentHash: 'abc', queue: intake, maxAttempts: 3 });
    return run.id;
  };
  /** A run with these items, as far as its version is judged and the run released to it. */
  const imported = async (
    items: readonly VersionItem[],
    automatic: boolean,
    requester?: string,
    waitHours = 24,
    purpose: VersionPurpose = 'baseline',
  ): Promise<Version> => {
    await accepted(items.length, requester);
    return judged(items, automatic, { waitHours, purpose });
  };
  /** The next accepted run, or what of one is given again, likewise: `held` are products that are held, `before` what its version wants already. */
  const judged = async (
    items: readonly VersionItem[],
    automatic: boolean,
    {
      waitHours = 24,
      purpose = 'baseline' as VersionPurpose,
      intake = INTAKE,
      held = [] as readonly string[],
      before = [] as readonly VersionItem[],
    },
  ): Promise<Version> => {
    const { lease, run = '' } = await claim(intake);
    const quantity = items.reduce((total, { sent }) => total + Number(sent), 0);
    const count = (more: number) => ({ lines: items.length + more, quantity: String(quantity + more) });
    await store().runs.total(lease, 'validated', '0', count(held.length));
    await store().runs.total(lease, 'accepted', '0', count(0));
    await store().exceptions.add(held.map(refusalOf), run, lease);
    const queue = purpose === 'promotion' ? PROMOTIONS : QUEUE;
    const head = { interface: name(), run, queue, purpose, mappings: [], rules: [] };
    const id = await store().versions.keep(lease, head, [...before, ...items]);
    const baseline = (await store().versions.baseline(name()))?.id;
    const why = automatic ? [] : ['It is large.'];
    await store().versions.validated(lease, id, { baseline, difference: {}, automatic, why, waitHours, maxAttempts: 3 });
    assert.equal(await store().runs.release(lease), 'released');
    return shown(id);
  };
  const shown = async (id: string): Promise<Version> => {
    const version = await store().versions.show(id);
    assert.ok(version);
    return version;
  };
  /** Gives the version to a flow that writes what differs from what stands, as one job; `written` is what came of that in Odoo. */
  const released = async (day: string, written: boolean | readonly WrittenRecord[] = true) => {
    const { lease, run } = await claim(QUEUE);
    const { version, standing, key } = await store().versions.begin(lease, day);
    const records: object[] = [];
    for await (const page of store().versions.items.pages(version.id, standing))
      for (const { product, lines, sent } of page) records.push({ product, $source: { lines, quantity: sent } });
    await handedOver({ lease, run, key }, records, written);
    return { version: version.id, standing, records };
  };
  const handedOver = async (
    { lease, run, key }: Pick<ClaimedJob, 'lease' | 'run' | 'key'>,
    records: object[],
    written: boolean | readonly WrittenRecord[] = true,
  ) => {
    const payload = { model: 'x', records };
    if (records.length > 0)
      await store().jobs.add([{ queue: `write:${key}`, kind: 'odoo-write', key, run, payload, maxAttempts: 3 }], lease);
    await store().runs.handOver(lease);
    assert.equal(await store().runs.release(lease), 'released');
    if (records.length > 0 && written) {
      const job = await claim(`write:${key}`);
      const applied = { lines: records.length, quantity: '0', records: records.length };
      await store().jobs.succeed(job.lease, { result: {}, totals: { applied }, ...(written === true ? {} : { written }) });
    }
  };
  /** The job of the node's own in Odoo for a version. */
  const odooJob = async (kind: 'trace' | 'roll-back', version: string) => {
    const jobs = await store().jobs.claim(`${QUEUE}/odoo`, { owner: 'test', leaseSeconds: 60, limit: 100 });
    const isFor = ({ payload }: ClaimedJob) => (payload as { version: string }).version === version;
    const job = jobs.find((job) => job.kind === kind && isFor(job)) ?? assert.fail(`no ${kind} of ${version}`);
    for (const { lease } of jobs) if (lease !== job.lease) await store().jobs.retry(lease, { delayMs: 0, countAttempt: false });
    return job;
  };
  /** What the next release or preview tells the flow. */
  const told = async (zeroGone: boolean, queue = QUEUE) => {
    const emitted = (await nextVersion(store(), { ...EMITTED, queue, zeroGone })) ?? assert.fail('nothing to emit');
    const records: FlowRecord[] = [];
    let key = '';
    for await (const part of emitted.parts()) {
      records.push(...part.records);
      key = part.key;
    }
    const run = emitted.version.run ?? undefined;
    return {
      ...emitted,
      run,
      key,
      records,
      told: records.map(({ product, period, quantity }) => `${product} ${period} ${quantity}`),
    };
  };
  /** Gives the next version to a flow that writes what it is told, and tells what that was. */
  const toldAndReleased = async (zeroGone = false, queue = QUEUE) => {
    const emitted = await told(zeroGone, queue);
    await handedOver(emitted, emitted.records);
    return emitted.told;
  };
  const preview = async (queue = QUEUE) => {
    const job = await claim(queue);
    assert.equal(job.kind, 'preview');
    await store().jobs.settle(job.lease);
  };

  return { claim, accepted, imported, judged, shown, released, handedOver, told, toldAndReleased, preview, odooJob };
}
