import type { Lease } from '../../lib/canonical/envelope.ts';
import type { VersionItem } from '../../lib/canonical/version-item.ts';
import { mergeItems } from '../../lib/forecast/versions/collect.ts';
import { differenceOf } from '../../lib/forecast/versions/difference.ts';
import { decide } from '../../lib/forecast/versions/limits.ts';
import { together } from '../../lib/forecast/versions/together.ts';
import type { FlowMessage } from '../../lib/node/types.ts';
import type { Store } from '../../lib/store/open.ts';
import type { Version } from '../../lib/store/versions/read.ts';
import type { Settings } from './settings.ts';

/**
 * Keeps what a run wants as a version, compares it with the planning baseline, and holds it against the limits. Lines of
 * a run that were held, and are given again, add to what the run's version wants already. A promotion is compared with what
 * it adds to.
 */
export async function judge(
  { versions }: Store,
  message: FlowMessage,
  lease: Lease,
  given: readonly VersionItem[],
  settings: Settings & { readonly queue: string; readonly today: string },
): Promise<Version> {
  const { queue, today, purpose, frozenDays, waitHours, maxAttempts } = settings;
  const { run = '', interface: name = 'forecast-import', mapping, mappings, rules = [] } = message.sync ?? {};
  const frozenUntil = frozenDays > 0 ? dayAfter(today, frozenDays) : undefined;
  const applied = mappings ?? (mapping ? [mapping] : []);
  const standing = await versions.standingOf(run);
  const items = standing ? await mergeItems(await versions.items.all(standing), given) : given;
  const id = await versions.keep(lease, { interface: name, run, queue, purpose, mappings: applied, rules, frozenUntil }, items);
  const baseline = await versions.baseline(name);
  const change = { percent: settings.largestChangePercent, quantity: settings.largestChangeQuantity };
  const before = baseline && (await versions.items.all(baseline.id));
  const after = purpose === 'promotion' ? await together(items, before ?? []) : items;
  const difference = await differenceOf(before, after, { today, limit: change });
  const { changedLinesPercent: share, totalDeviationPercent: deviation, first } = settings;
  const decided = decide(difference, { share, deviation, change, first, frozenUntil });
  const scenario = purpose === 'scenario' ? ['It is a scenario: it is kept and compared, never released.'] : [];
  const why = [...scenario, ...decided.why];
  const automatic = decided.automatic && scenario.length === 0;
  await versions.validated(lease, id, { baseline: baseline?.id, difference, automatic, why, waitHours, maxAttempts });
  const version = await versions.show(id);
  if (!version) throw new Error(`version ${id} is gone`);
  return version;
}

function dayAfter(day: string, days: number): string {
  return new Date(Date.parse(`${day}T00:00:00Z`) + days * 86_400_000).toISOString().slice(0, 10);
}
