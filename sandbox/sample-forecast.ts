import { DateTime } from 'luxon';

/** A line of the sample: weeks and months count from today, `0` the current one. */
type Line = readonly [product: string, location: string, period: string, quantity: string, uom: string];

/**
 * A forecast for the bicycle plant as CSV, in periods ahead of a day, with a line for every outcome: what is made, what is
 * bought, what is held and why, what is rejected.
 */
export function sampleForecast(today: Date): string {
  const now = DateTime.fromJSDate(today, { zone: 'utc' });
  const week = (ahead: number) => now.plus({ weeks: ahead }).toFormat("kkkk-'W'WW");
  const month = (ahead: number) => now.startOf('month').plus({ months: ahead }).toFormat('yyyy-MM');
  const day = (ahead: number) => now.plus({ days: ahead }).toISODate();

  const lines: Line[] = [
    // Made: manufacturing orders.
    ['BIKE-CITY', 'WH', week(1), '40', 'Units'],
    ['BIKE-CITY', 'WH', week(2), '45', 'Units'],
    ['BIKE-CITY', 'WH', week(3), '50', 'Units'],
    ['BIKE-CITY', 'WH2', week(1), '15', 'Units'],
    ['BIKE-CITY', 'WH2', week(2), '18', 'Units'],
    ['BIKE-TREK', 'WH', week(1), '25', 'Units'],
    ['BIKE-TREK', 'WH', week(2), '2.5', 'Dozens'],
    ['WHEEL-28', 'WH', month(1), '300', 'Units'],
    ['BIKE-CITY', 'WH', day(20) ?? '', '6', 'Units'],
    // Bought: requests for quotation.
    ['TYRE-28', 'WH', month(0), '800', 'Units'],
    ['TYRE-28', 'WH', month(1), '70', 'Dozens'],
    ['TYRE-28', 'WH2', month(1), '240', 'Units'],
    ['CHAIN', 'WH', week(1), '60', 'Units'],
    ['CHAIN', 'WH', week(2), '60', 'Units'],
    ['SPOKE', 'WH', month(1), '500', 'Dozens'],
    ['SADDLE-BLK', 'WH', week(2), '90', 'Units'],
    ['SADDLE-BRN', 'WH', week(2), '70', 'Units'],
    ['GREASE', 'WH', month(1), '40', 'kg'],
    ['GREASE', 'WH', month(2), '38500', 'g'],
    ['LAMP', 'WH', month(1), '400', 'Units'],
    // Held: somebody has to act first.
    ['POSTER-26', 'WH', month(1), '20', 'Units'],
    ['PANNIER', 'WH', month(1), '25', 'Units'],
    ['BIKE-2099', 'WH', month(1), '11', 'Units'],
    ['BIKE-CITY', 'WH9', month(1), '12', 'Units'],
    ['BIKE-FOLD', 'WH', month(1), '13', 'Units'],
    ['BELL', 'WH', month(1), '200', 'Units'],
    ['TYRE-28', 'WH', month(2), '14', 'kg'],
    ['CHAIN', 'WH', month(2), '3', 'Crates'],
    ['BIKE-TREK', 'WH', month(60), '10', 'Units'],
    ['BIKE-CITY', 'WH', week(1), '40', 'Units'],
    // Rejected: it cannot be understood.
    ['BIKE-CITY', 'WH', `${month(0).slice(0, 4)}-13`, '15', 'Units'],
    ['BIKE-TREK', 'WH', week(3), '-16', 'Units'],
    ['TYRE-28', 'WH', week(3), 'plenty', 'Units'],
  ];
  return `${['product,location,period,quantity,uom', ...lines.map((line) => line.join(','))].join('\n')}\n`;
}
