/** A span of time that records are grouped by: its start, the start of the next, and its name. */
export type Period = { readonly start: string; readonly end: string; readonly label: string };

const MONTHS = 'January February March April May June July August September October November December'.split(' ');

const at = (date: Date) => date.toISOString().replace('T', ' ').slice(0, 19);

/** The period of a step (`hour`, `day`, `week`, `month`, `quarter`, `year`) that a date lies in. */
export function periodOf(value: string, step: string, withTime: boolean, version: 14 | 19): Period {
  const moment = new Date(`${value.slice(0, 10)}T${value.length > 10 ? value.slice(11, 19) : '00:00:00'}Z`);
  const year = moment.getUTCFullYear();
  const month = moment.getUTCMonth();
  const day = moment.getUTCDate();
  const span = (start: number, end: number, label: string): Period => {
    const shown = (time: number) => (withTime ? at(new Date(time)) : at(new Date(time)).slice(0, 10));
    return { start: shown(start), end: shown(end), label };
  };
  const utc = (...parts: [number, number, number, number?]) => Date.UTC(parts[0], parts[1], parts[2], parts[3] ?? 0);
  switch (step) {
    case 'hour': {
      const hour = moment.getUTCHours();
      return span(
        utc(year, month, day, hour),
        utc(year, month, day, hour + 1),
        `${String(hour).padStart(2, '0')}:00 ${day} ${MONTHS[month]!.slice(0, 3)}`,
      );
    }
    case 'day':
      return span(
        utc(year, month, day),
        utc(year, month, day + 1),
        `${String(day).padStart(2, '0')} ${MONTHS[month]!.slice(0, 3)} ${year}`,
      );
    case 'week': {
      // From 19 on a week begins on the day that the user's language says: Sunday for en_US.
      const back = version === 19 ? moment.getUTCDay() : (moment.getUTCDay() + 6) % 7;
      const start = utc(year, month, day - back);
      return span(
        start,
        start + 7 * 86_400_000,
        `W${isoWeek(new Date(start + (version === 19 ? 86_400_000 : 0)))} ${new Date(start).getUTCFullYear()}`,
      );
    }
    case 'quarter': {
      const first = month - (month % 3);
      return span(utc(year, first, 1), utc(year, first + 3, 1), `Q${first / 3 + 1} ${year}`);
    }
    case 'year':
      return span(utc(year, 0, 1), utc(year + 1, 0, 1), String(year));
    default:
      return span(utc(year, month, 1), utc(year, month + 1, 1), `${MONTHS[month]} ${year}`);
  }
}

function isoWeek(date: Date): number {
  const thursday = new Date(date);
  thursday.setUTCDate(date.getUTCDate() + 3 - ((date.getUTCDay() + 6) % 7));
  const first = Date.UTC(thursday.getUTCFullYear(), 0, 1);
  return 1 + Math.floor((thursday.getTime() - first) / 604_800_000);
}
