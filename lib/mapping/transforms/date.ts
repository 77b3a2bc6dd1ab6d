import { z } from 'zod';
import { Fault } from '../fault.ts';
import { dateReader, dateWriter, ZoneName } from './date-format.ts';
import { transform } from './transform.ts';

/**
 * Reads a date or a moment in one format and writes it in another. Formats are Luxon's (`dd.MM.yyyy`), or `iso`, `unix`,
 * `unix-ms`, `excel`. `zone` is where its wall clock hangs, `writeZone` where the written one does: the plant, when left out.
 */
export const date = transform({
  options: z.strictObject({
    format: z.string().min(1).default('iso'),
    zone: ZoneName.optional(),
    write: z.string().min(1).default('yyyy-MM-dd'),
    writeZone: ZoneName.optional(),
    locale: z.string().min(2).default('en'),
  }),
  compile: ({ format, zone, write, writeZone, locale }) => {
    const read = dateReader(format, locale);
    const written = dateWriter(write, locale);
    return (value, scope) => {
      const moment = read(value, zone ?? scope.zone);
      return moment instanceof Fault ? moment : written(moment, writeZone ?? scope.zone);
    };
  },
  inverse: ({ format, zone, write, writeZone, locale }) => [
    { date: { format: write, write: format, locale, ...(writeZone && { zone: writeZone }), ...(zone && { writeZone: zone }) } },
  ],
});
