import { z } from 'zod';
import { weekdaysIn } from '../../lib/forecast/watch/schedule.ts';
import { numberField, textField } from '../../lib/node/settings.ts';

const TimeOfDay = z.string().regex(/^([01]\d|2[0-3]):[0-5]\d$/, 'is a time of day such as 07:00');
const Days = z.string().refine((text) => weekdaysIn(text).length > 0, 'names weekdays, such as mon, tue, fri');

export const Settings = z.object({
  store: textField(),
  /** Tells the plant's time zone. */
  server: textField(),
  interface: textField('forecast-import'),
  /** The time of day by which a forecast is to be released, and the days on which it is. */
  dueAt: textField('07:00').pipe(TimeOfDay),
  days: textField('mon, tue, wed, thu, fri').pipe(Days),
  /** A forecast that came in so long before is today's. */
  freshHours: numberField(24),
  /** The time of day until which a late one still counts. */
  sendBy: textField('12:00').pipe(TimeOfDay),
  /** Who is told. */
  planner: textField(),
  approver: textField(),
  integration: textField(),
});
export type Settings = z.infer<typeof Settings>;
