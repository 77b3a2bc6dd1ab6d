import { type PeriodKind, periodOf } from '../../canonical/period.ts';
import { type DaySpan, dayNumber, dayText } from '../days.ts';
import type { PeriodSum } from './demand.ts';

/** A period of the target's own, with what falls on it; `units` (of 10⁻²⁰) are whole steps of the unit's rounding. */
export type Bucket = DaySpan & Readonly<PeriodSum>;

export type Bucketing = {
  /** The target's own periods. */
  readonly kind: PeriodKind;
  /** Whether the plant works on a day, by its number. */
  readonly works: (day: number) => boolean;
  /** The first day that counts; of a period that has begun before it, the share of the days from it on. All where left out. */
  readonly from?: number | undefined;
};

/** Splits what is wanted of one product; `step` is the rounding of its unit, in units of 10⁻²⁰. */
export type Bucketer = (periods: Iterable<readonly [DaySpan, Readonly<PeriodSum>]>, step: bigint) => Bucket[];

/** The least number that 1 to 31 divide: in its parts every share of a month's days is a whole number. */
const PARTS = 72_201_776_446_800n;
/** A share of what is left of a period that has begun is a share of a share. */
const SHARES = PARTS * PARTS;

/** How a period falls on buckets: the one in which it begins, and the share of it (of `SHARES`) that each takes. */
type Shape = { readonly beginning: DaySpan; readonly shares: readonly (readonly [DaySpan, bigint])[] };
type Filling = { readonly span: DaySpan; shares: bigint; lines: number; sent: bigint };

/**
 * Splits and sums a forecast's periods to the target's own, in their order: a period falls evenly on the days on which the
 * plant works (on all its days where it works on none of them), and each bucket takes what falls on its days.
 *
 * The total is conserved: rounded up once to the unit's rounding, and given to the buckets in whole steps, what is over to
 * those that lost the largest remainder. Lines and what their senders gave go with the bucket in which their period begins,
 * so that they are counted once. Buckets on which nothing falls are among them: what stands there from an earlier forecast
 * holds no more.
 */
export function bucketer(bucketing: Bucketing): Bucketer {
  // A plan has a few hundred periods, and each falls on the same buckets whatever the product.
  const shapes = new Map<string, Shape>();
  return (periods, step) => {
    const fillings = new Map<number, Filling>();
    const at = (span: DaySpan): Filling => {
      let filling = fillings.get(span.first);
      if (!filling) {
        filling = { span, shares: 0n, lines: 0, sent: 0n };
        fillings.set(span.first, filling);
      }
      return filling;
    };
    for (const [span, { units, lines, sent }] of periods) {
      let shape = shapes.get(span.text);
      if (!shape) {
        shape = shapeOf(span, bucketing);
        shapes.set(span.text, shape);
      }
      const beginning = at(shape.beginning);
      beginning.lines += lines;
      beginning.sent += sent;
      for (const [bucket, share] of shape.shares) at(bucket).shares += units * share;
    }
    return rounded(
      [...fillings.values()].sort((one, other) => one.span.first - other.span.first),
      step,
    );
  };
}

function shapeOf(span: DaySpan, { kind, works, from = Number.NEGATIVE_INFINITY }: Bucketing): Shape {
  const first = Math.max(span.first, from);
  const shares: [DaySpan, bigint][] = [];
  const beginning = bucketAt(kind, first);
  if (first >= span.end) return { beginning, shares };
  const left = (SHARES * BigInt(span.end - first)) / BigInt(span.end - span.first);
  const worked = workedDays(first, span.end, works);
  const all = BigInt(worked === 0 ? span.end - first : worked);
  for (let day = first; day < span.end; ) {
    const bucket = bucketAt(kind, day);
    const end = Math.min(bucket.end, span.end);
    const days = worked === 0 ? end - day : workedDays(day, end, works);
    shares.push([bucket, (left * BigInt(days)) / all]);
    day = end;
  }
  return { beginning, shares };
}

/** Whole steps for each, their sum rounded up once; what is over goes to the largest remainders, the earlier ones first. */
function rounded(fillings: readonly Filling[], step: bigint): Bucket[] {
  const size = step * SHARES;
  const steps = fillings.map(({ shares }) => shares / size);
  const total = fillings.reduce((sum, { shares }) => sum + shares, 0n);
  let over = (total + size - 1n) / size - steps.reduce((sum, count) => sum + count, 0n);
  const remainder = (index: number) => fillings[index]!.shares % size;
  const byRemainder = [...fillings.keys()].sort((one, other) =>
    remainder(one) === remainder(other) ? one - other : remainder(one) > remainder(other) ? -1 : 1,
  );
  for (const index of byRemainder) {
    if (over <= 0n) break;
    steps[index]! += 1n;
    over -= 1n;
  }
  return fillings.map(({ span, lines, sent }, index) => ({ ...span, units: steps[index]! * step, lines, sent }));
}

function workedDays(first: number, end: number, works: (day: number) => boolean): number {
  let count = 0;
  for (let day = first; day < end; day++) if (works(day)) count++;
  return count;
}

/** The period of a kind that holds a day. */
function bucketAt(kind: PeriodKind, day: number): DaySpan {
  const { text, start, end } = periodOf(kind, dayText(day));
  return { text, first: dayNumber(start), end: dayNumber(end) };
}

/** The bucketers of companies, each made once: they differ in their working days, and perhaps in their periods. */
export function perCompany(make: (company: number | undefined) => Bucketing): (company: number | undefined) => Bucketer {
  const known = new Map<number | undefined, Bucketer>();
  return (company) => {
    const bucketed = known.get(company) ?? bucketer(make(company));
    known.set(company, bucketed);
    return bucketed;
  };
}
