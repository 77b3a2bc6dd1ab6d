import { dayText } from '../days.ts';
import type { Rule } from './rule.ts';

/** The period ended before the horizon begins, or begins after it ends. The period that today is in is inside. */
export const outsideHorizon: Rule = {
  reason: 'OUTSIDE_HORIZON',
  check: ({ line, run }) => {
    const { period } = line;
    if (!period) return undefined;
    const first = run.day - run.pastDays;
    const last = run.day + run.futureDays;
    if (period.end > first && period.first <= last) return undefined;
    const message = `The period ${line.periodText} is outside the horizon, ${dayText(first)} to ${dayText(last)}.`;
    return { field: 'period', value: line.record.period, message };
  },
};
