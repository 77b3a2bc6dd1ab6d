import type { Case, Rule } from './rule.ts';

/**
 * The same product, place, period, customer and channel as a line before it. It comes last, so that only lines that are
 * otherwise good count: the first of them stands, the later ones are held.
 */
export const duplicateLine: Rule = {
  reason: 'DUPLICATE_LINE',
  check: (given) => {
    const { line } = given;
    const seen = seenOf(given);
    // By what the writing stands for: 2026-W50 and 2026-w50 are one week.
    const key = `${line.period?.first}|${line.period?.end}|${quoted(line.customer)}|${quoted(line.channel)}`;
    if (!seen.has(key)) {
      seen.set(key, line.line);
      return undefined;
    }
    const first = seen.get(key);
    const stands = first === undefined ? 'An earlier line' : `Line ${first}`;
    return {
      field: undefined,
      value: undefined,
      message: `${stands} already gives "${line.product}" at "${line.location}" for ${line.periodText}; that one stands.`,
    };
  },
};

/** What was seen of the line's product and place, by what their names stand for. */
function seenOf({ line, standing, run }: Case): Map<string, number | undefined> {
  const product = standing.product.is === 'one' ? standing.product.product.id : line.product;
  const place = standing.warehouse.is === 'one' ? standing.warehouse.warehouse.id : line.location;
  const key = `${product}|${place}`;
  let seen = run.seen.get(key);
  if (!seen) {
    seen = new Map();
    run.seen.set(key, seen);
  }
  return seen;
}

/** Quoted, so that no text in one column can look like the border to the next. */
function quoted(name: string | undefined): string {
  return name === undefined ? '' : JSON.stringify(name);
}
