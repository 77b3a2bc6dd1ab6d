import type { DateTime } from 'luxon';
import type { Reason } from '../../exceptions/catalogue.ts';
import type { Refusal } from '../../exceptions/refusal.ts';
import type { RecentRun } from '../../store/runs.ts';
import type { Version } from '../../store/versions/read.ts';
import { dueMoment, nextSendBy, type Schedule } from './schedule.ts';

export type Watched = {
  readonly interface: string;
  /** What applies while no newer forecast is released. */
  readonly baseline: Pick<Version, 'id' | 'releasedOn' | 'createdAt'> | undefined;
  /** Runs of late, the newest first. */
  readonly runs: readonly RecentRun[];
};

export type WatchRules = Schedule & {
  /** A forecast that came in up to so many hours before it was due is the one that was awaited. */
  readonly freshHours: number;
  /** Who is told: a name, an address, a channel. Blank is the role. */
  readonly planner: string;
  readonly approver: string;
  readonly integration: string;
};

/** What somebody is told once: `key` is the same each time that it is found. */
export type Notice = {
  readonly key: string;
  readonly notify: string;
  readonly subject: string;
  readonly refusal: Refusal & { readonly reason: keyof typeof TOLD };
};

type Told = {
  readonly to: 'planner' | 'approver' | 'integration';
  readonly what: (run: RecentRun | undefined) => string;
  readonly please: string;
};

/** Who is told of what, and what is asked of them. */
const TOLD = {
  FORECAST_MISSING: {
    to: 'planner',
    what: (run) => (run ? `the last one was refused${because(run)}` : 'nothing came in'),
    please: 'Send the forecast',
  },
  FORECAST_UNDECIDED: {
    to: 'approver',
    what: (run) => `version ${run?.version} waits for approval`,
    please: 'Approve or refuse it',
  },
  FORECAST_STUCK: {
    to: 'integration',
    what: (run) => `run ${run?.run} is ${run?.state}${because(run)}`,
    please: 'See it through',
  },
  FORECAST_FAILED: {
    to: 'integration',
    what: (run) => `run ${run?.run} failed${because(run)}`,
    please: 'Mend it and replay the run, or have the forecast sent again,',
  },
} as const satisfies Partial<Record<Reason, Told>>;

/** The reasons of notices. */
export const TOLD_REASONS = Object.keys(TOLD) as readonly (keyof typeof TOLD)[];

/** Whether the forecast that had to be there last is released; false as long as none had to be there today. */
export function isInTime(watched: Watched, rules: WatchRules, now: Date): boolean {
  const due = dueMoment(rules, now);
  return due !== undefined && isFresh(watched, due, rules);
}

/**
 * What is to be told of an interface's forecast now: each run that failed after the planning baseline came in,
 * and, once a forecast had to be there, that none of late is released. Each says who is told, what applies instead, and by when something has to be done.
 */
export function noticesOf(watched: Watched, rules: WatchRules, now: Date): readonly Notice[] {
  const due = dueMoment(rules, now);
  const since = watched.baseline?.createdAt ?? 0;
  const failed = watched.runs.filter(({ state, createdAt }) => state === 'failed' && createdAt > since);
  const notices = failed.map((run) => noticeOf('FORECAST_FAILED', `${run.run}:${run.updatedAt}`, { watched, rules, now, run }));
  if (!due || isFresh(watched, due, rules)) return notices;
  const [newest] = watched.runs.filter(({ createdAt }) => createdAt >= freshFrom(due, rules));
  // A failure since then has said so itself.
  if (newest?.state === 'failed' && newest.updatedAt >= due.toMillis()) return notices;
  const reason = reasonOf(newest);
  return [...notices, noticeOf(reason, `${due.toISODate()}:${reason}`, { watched, rules, now, run: newest, due })];
}

/** Whether the forecast that had to be there by `due` is the planning baseline. */
function isFresh({ baseline }: Watched, due: DateTime, rules: WatchRules): boolean {
  return baseline !== undefined && baseline.createdAt >= freshFrom(due, rules);
}

const freshFrom = (due: DateTime, { freshHours }: WatchRules): number => due.minus({ hours: freshHours }).toMillis();

function reasonOf(newest: RecentRun | undefined): keyof typeof TOLD {
  if (!newest || newest.state === 'refused') return 'FORECAST_MISSING';
  if (newest.state === 'awaiting-approval') return 'FORECAST_UNDECIDED';
  return newest.state === 'failed' ? 'FORECAST_FAILED' : 'FORECAST_STUCK';
}

type Found = {
  readonly watched: Watched;
  readonly rules: WatchRules;
  readonly now: Date;
  readonly run: RecentRun | undefined;
  readonly due?: DateTime;
};

function noticeOf(reason: keyof typeof TOLD, key: string, { watched, rules, now, run, due }: Found): Notice {
  const { interface: name, baseline } = watched;
  const { to, what, please }: Told = TOLD[reason];
  const notify = rules[to] || to;
  const sendBy = nextSendBy(rules, now);
  const subject = due ? `${name}: no forecast released by ${rules.dueAt}` : `${name}: a forecast failed`;
  const happened = `${due ? `No forecast of ${name} was released by ${clock(due)}` : `A forecast of ${name} is not released`}: ${what(run)}.`;
  // The day is not known where it does not stand in Odoo as it was released.
  const since = baseline?.releasedOn ? `, released on ${baseline.releasedOn},` : '';
  const applies = baseline
    ? `The planning baseline ${baseline.id}${since} goes on applying.`
    : 'No forecast has been released yet: Odoo goes on with what stands there.';
  return {
    key: `${name}:${key}`,
    notify,
    subject,
    refusal: {
      reason,
      stage: 'validation',
      message: `${happened} ${applies} ${please} by ${clock(sendBy)}. Told: ${notify}.`,
      source: name,
      record: {
        notify,
        applies: baseline ? { version: baseline.id, releasedOn: baseline.releasedOn } : null,
        by: sendBy.toISO({ suppressMilliseconds: true }),
        ...(run ? { run: run.run, state: run.state, version: run.version } : {}),
      },
    },
  };
}

const clock = (moment: DateTime): string => moment.toFormat('yyyy-MM-dd HH:mm');

const because = (run: RecentRun | undefined): string => (run?.error ? `: ${run.error.replace(/\.$/, '')}` : '');
