import { DateTime } from 'luxon';

export const WEEKDAYS = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'] as const;
export type Weekday = (typeof WEEKDAYS)[number];

/** The weekdays that a text names, with commas between; none where a part of it is no weekday. */
export function weekdaysIn(text: string): readonly Weekday[] {
  const names = text.split(',').map((name) => name.trim().toLowerCase() as Weekday);
  return names.every((name) => WEEKDAYS.includes(name)) ? names : [];
}

/** When a forecast has to be there. Times are `HH:mm` on the plant's wall. */
export type Schedule = {
  readonly zone: string;
  /** Days on which it has to be there. */
  readonly days: readonly Weekday[];
  readonly dueAt: string;
  /** Until when a late one still counts. */
  readonly sendBy: string;
};

/** The moment of today by which the forecast had to be there; undefined where that is still to come, or today is no day of it. */
export function dueMoment(schedule: Schedule, now: Date): DateTime | undefined {
  const due = at(DateTime.fromJSDate(now, { zone: schedule.zone }), schedule.dueAt);
  return isDay(schedule, due) && due.toMillis() <= now.getTime() ? due : undefined;
}

/** The next moment until which a late forecast still counts: today's, or that of the next day on which one has to be there. */
export function nextSendBy(schedule: Schedule, now: Date): DateTime {
  const today = DateTime.fromJSDate(now, { zone: schedule.zone });
  for (let ahead = 0; ahead <= 7; ahead++) {
    const moment = at(today.plus({ days: ahead }), schedule.sendBy);
    if (isDay(schedule, moment) && moment.toMillis() > now.getTime()) return moment;
  }
  return at(today.plus({ days: 1 }), schedule.sendBy);
}

const isDay = ({ days }: Schedule, { weekday }: DateTime): boolean => days.includes(WEEKDAYS[weekday - 1] as Weekday);

function at(day: DateTime, time: string): DateTime {
  const [hour, minute] = time.split(':').map(Number) as [number, number];
  return day.set({ hour, minute, second: 0, millisecond: 0 });
}
