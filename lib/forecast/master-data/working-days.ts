import { DateTime } from 'luxon';
import { z } from 'zod';
import type { OdooClient } from '../../odoo/client.ts';
import { OdooError } from '../../odoo/errors.ts';
import { dayNumber } from '../days.ts';
import { grouped, Many2one, RequiredMany2one, readAll } from './answers.ts';

const COMPANY = {
  model: 'res.company',
  fields: ['resource_calendar_id'],
  row: z.object({ id: z.number(), resource_calendar_id: Many2one }),
} as const;

const ATTENDANCE = {
  model: 'resource.calendar.attendance',
  fields: ['calendar_id', 'dayofweek'],
  row: z.object({ id: z.number(), calendar_id: RequiredMany2one, dayofweek: z.string() }),
} as const;

const LEAVE = {
  model: 'resource.calendar.leaves',
  fields: ['calendar_id', 'company_id', 'date_from', 'date_to'],
  row: z.object({ id: z.number(), calendar_id: Many2one, company_id: Many2one, date_from: z.string(), date_to: z.string() }),
} as const;

/** Whether a company's plant works on a day, by its number. */
export type WorkingDays = (company: number | undefined) => (day: number) => boolean;

const EVERY_DAY: WorkingDays = () => () => true;

/**
 * The working days of companies by their working time in Odoo: its weekdays, less the days on which the whole plant is
 * closed. Every day where a company has none, or where this user may not read it.
 * @param zone the plant's time zone, in which the closed days lie
 */
export async function readWorkingDays(client: OdooClient, companies: readonly number[], zone: string): Promise<WorkingDays> {
  const profile = await client.profile();
  if (companies.length === 0 || !profile.hasModel('resource.calendar.attendance')) return EVERY_DAY;
  try {
    const rows = await readAll(client, COMPANY, [['id', 'in', [...companies]]]);
    const calendars = [...new Set(rows.flatMap(({ resource_calendar_id: calendar }) => calendar ?? []))];
    const attendances = grouped(await readAll(client, ATTENDANCE, [['calendar_id', 'in', calendars]]), (row) => row.calendar_id);
    const leaves = profile.hasModel('resource.calendar.leaves')
      ? await readAll(client, LEAVE, [
          ['resource_id', '=', false],
          ['calendar_id', 'in', [...calendars, false]],
        ])
      : [];
    const known = new Map(
      rows.map(({ id, resource_calendar_id: calendar }) => {
        const weekdays = new Set((attendances.get(calendar ?? 0) ?? []).map(({ dayofweek }) => Number(dayofweek)));
        const closed = new Set(
          leaves
            .filter((leave) => leave.calendar_id === undefined || leave.calendar_id === calendar)
            .filter((leave) => leave.company_id === undefined || leave.company_id === id)
            .flatMap((leave) => wholeDays(leave.date_from, leave.date_to, zone)),
        );
        return [id, (day: number) => weekdays.size === 0 || (weekdays.has(weekdayOf(day)) && !closed.has(day))] as const;
      }),
    );
    return (company) => known.get(company ?? 0) ?? (() => true);
  } catch (error) {
    if (error instanceof OdooError && error.code === 'access') return EVERY_DAY;
    throw error;
  }
}

/** Monday is 0, as in Odoo; day 0 was a Thursday. */
function weekdayOf(day: number): number {
  return (((day + 3) % 7) + 7) % 7;
}

/** More than this is no holiday. */
const MOST_DAYS = 366;

/** The days that lie within a time of Odoo's (UTC) for the most part. */
function wholeDays(from: string, to: string, zone: string): number[] {
  const read = (text: string) => DateTime.fromSQL(text, { zone: 'utc' }).setZone(zone);
  const [begin, end] = [read(from), read(to)];
  if (!begin.isValid || !end.isValid) return [];
  const days: number[] = [];
  // Odoo's forms set a holiday from the first to the last working hour, so noon tells it.
  for (let noon = begin.startOf('day').set({ hour: 12 }); noon <= end && days.length < MOST_DAYS; noon = noon.plus({ days: 1 }))
    if (noon >= begin) days.push(dayNumber(noon.toISODate()!));
  return days;
}
