import { createHash } from 'node:crypto';
import type { Reason } from './catalogue.ts';
import { type Refusal, shortValue } from './refusal.ts';

/**
 * What is at fault, by reason: refusals with the same parts are mended by the same act, so they belong together however
 * many lines they are. A duplicate has no cause beyond its line; a refusal by Odoo is known by Odoo's words.
 */
const AT_FAULT: Record<Reason, (refusal: Refusal) => readonly unknown[]> = {
  MALFORMED: (r) => [r.field, words(r.message)],
  NEGATIVE_QUANTITY: (r) => [r.product, r.location],
  UNMAPPED: (r) => [r.field, r.value],
  DUPLICATE_LINE: (r) => [r.product, r.location, r.period],
  UNKNOWN_PRODUCT: (r) => [r.product],
  AMBIGUOUS_PRODUCT: (r) => [r.product],
  ARCHIVED_PRODUCT: (r) => [r.product],
  UNKNOWN_LOCATION: (r) => [r.location],
  UNKNOWN_UNIT: (r) => [r.value],
  UNIT_MISMATCH: (r) => [r.product, r.value],
  NO_SUPPLY_SOURCE: (r) => [r.product],
  OUTSIDE_HORIZON: (r) => [r.period],
  INSIDE_LEAD_TIME: (r) => [r.product, r.location],
  DEVIATION_EXCEEDED: (r) => [r.product, r.location],
  APPROVAL_REFUSED: ({ record }) => [record.version, record.group],
  FORECAST_MISSING: (r) => [r.source],
  FORECAST_UNDECIDED: (r) => [r.source, r.record.version],
  FORECAST_STUCK: (r) => [r.source, r.record.run],
  FORECAST_FAILED: (r) => [r.source, words(r.message)],
  NOT_SCHEDULED: (r) => [r.product, r.location],
  DOUBLE_COUNTED: (r) => [r.product, r.location],
  ODOO_REFUSED: (r) => [words(r.message)],
  STOCK_OUT: (r) => [r.product, r.location],
  PRODUCTION_DELAYED: (r) => [words(r.message)],
  DEMAND_SPIKE: (r) => [r.product, r.location],
  UNKNOWN_ORDER: (r) => [words(r.message)],
  KEY_CONFLICT: (r) => [words(r.message)],
  DELIVERY_FAILED: (r) => [words(r.message)],
};

/** A message without what differs from record to record: quoted values and numbers. */
function words(message: string): string {
  return message
    .slice(0, 2_000)
    .replace(/"[^"]*"|'[^']*'|“[^”]*”/g, '"…"')
    .replace(/\d+/g, '#')
    .replace(/\s+/g, ' ')
    .trim();
}

const LONGEST = 120;

/**
 * The key by which exceptions are grouped: the reason and what is at fault, such as `UNKNOWN_PRODUCT:FURN_0001`.
 * Long ones end in a hash, so that two long messages that begin alike stay apart.
 */
export function fingerprint(refusal: Refusal): string {
  const parts = AT_FAULT[refusal.reason](refusal).map((part) =>
    part === undefined || part === null ? '' : (typeof part === 'string' ? part : String(shortValue(part))).replaceAll('|', '¦'),
  );
  const key = `${refusal.reason}:${parts.join('|')}`;
  if (key.length <= LONGEST) return key;
  return `${key.slice(0, LONGEST - 17)}~${createHash('sha256').update(key).digest('hex').slice(0, 16)}`;
}
