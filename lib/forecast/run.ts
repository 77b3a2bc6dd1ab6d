import { plantDate, requireZone } from '../canonical/period.ts';
import { Baseline, type BaselineSource } from './baseline.ts';
import { dayNumber, type PeriodReader, periodReader } from './days.ts';
import type { DeviationLimit } from './rules/deviation-exceeded.ts';

/** What `INSIDE_LEAD_TIME` does: nothing, go on with a warning, or hold the line. */
export type InsideLeadTime = 'off' | 'warn' | 'hold';

export type RunSettings = {
  /** The plant's time zone, such as `Europe/Berlin`; days and weeks begin there. */
  readonly zone: string;
  /** The run's date as `YYYY-MM-DD`; the plant's today where it is left out. */
  readonly today?: string;
  /** How many days back a period may have ended: 0 = a period wholly in the past is outside the horizon. */
  readonly pastDays?: number;
  /** How many days from today a period may begin. */
  readonly futureDays?: number;
  readonly insideLeadTime?: InsideLeadTime;
  /** How far lines may deviate from the planning baseline; without limits, or without a baseline, any line may. */
  readonly deviations?: readonly DeviationLimit[];
  readonly baseline?: BaselineSource | undefined;
};

/** What lives through a run: its date, its horizon, and the lines it has seen. Made anew when a run begins again. */
export type ForecastRun = {
  readonly zone: string;
  readonly today: string;
  /** Today as a day number. */
  readonly day: number;
  readonly pastDays: number;
  readonly futureDays: number;
  readonly insideLeadTime: InsideLeadTime;
  readonly deviations: readonly DeviationLimit[];
  /** Where lines are compared with it: `load` it with the lines before they are checked. */
  readonly baseline: Baseline | undefined;
  readonly period: PeriodReader;
  /**
   * By product and place: each accepted line's period, customer and channel, and the line that carries them. One map for
   * all would stand still for tens of milliseconds each time it grows.
   */
  readonly seen: Map<string, Map<string, number | undefined>>;
};

/**
 * Begins a run: nothing seen yet. `today` is fixed here, so that a run over midnight keeps to one date.
 * @throws CanonicalError `zone` for an unknown time zone
 */
export function openRun(settings: RunSettings): ForecastRun {
  requireZone(settings.zone);
  const today = settings.today ?? plantDate(settings.zone);
  return {
    zone: settings.zone,
    today,
    day: dayNumber(today),
    pastDays: settings.pastDays ?? 0,
    futureDays: settings.futureDays ?? 730,
    insideLeadTime: settings.insideLeadTime ?? 'warn',
    deviations: settings.deviations ?? [],
    baseline: settings.baseline && settings.deviations?.length ? new Baseline(settings.baseline) : undefined,
    period: periodReader(settings.zone),
    seen: new Map(),
  };
}
