import { dayText } from '../days.ts';
import type { Rule } from './rule.ts';

/** The period begins before an order placed today could arrive. A period that has begun counts from today. */
export const insideLeadTime: Rule = {
  reason: 'INSIDE_LEAD_TIME',
  check: ({ line, standing, run }) => {
    const { period } = line;
    if (run.insideLeadTime === 'off' || !period || !standing.supply) return undefined;
    const arrival = run.day + standing.supply.leadDays;
    if (Math.max(period.first, run.day) >= arrival) return undefined;
    const days = standing.supply.leadDays;
    const message = `Supply of "${line.product}" takes ${days} ${days === 1 ? 'day' : 'days'}, until ${dayText(arrival)}; the period ${line.periodText} begins before.`;
    return {
      field: 'period',
      value: line.record.period,
      message,
      disposition: run.insideLeadTime === 'hold' ? 'held' : 'warning',
    };
  },
};
