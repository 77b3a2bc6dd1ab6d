import { date } from './date.ts';
import { join } from './join.ts';
import { lower } from './lower.ts';
import { number } from './number.ts';
import { numeral } from './numeral.ts';
import { odoo } from './odoo.ts';
import { pad } from './pad.ts';
import { period } from './period.ts';
import { plus } from './plus.ts';
import { replace } from './replace.ts';
import { route } from './route.ts';
import { split } from './split.ts';
import { strip } from './strip.ts';
import { substring } from './substring.ts';
import { table } from './table.ts';
import type { Transform } from './transform.ts';
import { trim } from './trim.ts';
import { unit } from './unit.ts';
import { upper } from './upper.ts';

/** Every transform by the name that mappings call it. */
export const TRANSFORMS: ReadonlyMap<string, Transform> = new Map<string, Transform>(
  Object.entries({
    trim,
    upper,
    lower,
    replace,
    substring,
    pad,
    strip,
    split,
    join,
    number,
    numeral,
    plus,
    unit,
    date,
    period,
    table,
    odoo,
    route,
  }) as [string, Transform][],
);
