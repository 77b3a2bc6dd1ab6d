import { z } from 'zod';
import { CATALOGUE, type Disposition, OWNERS, type Owner, type Severity } from './catalogue.ts';
import { dispositionOf, type Refusal } from './refusal.ts';
import { matchesWildcard } from './wildcard.ts';

/** One row of the routing table. A blank or missing column matches anything; `*` in a column stands for any text. */
export const RoutingRule = z.object({
  reason: z.string().optional(),
  product: z.string().optional(),
  location: z.string().optional(),
  severity: z.string().optional(),
  owner: z.enum(OWNERS),
});
export type RoutingRule = z.infer<typeof RoutingRule>;

/** Who mends a refusal, how, how badly it matters, what it does to its line, and how many hours there are. */
export type Route = {
  readonly owner: Owner;
  readonly action: string;
  readonly severity: Severity;
  readonly disposition: Disposition;
  readonly deadlineHours: number;
};

/** Hours that an owner has, by how badly it matters. */
export const DEADLINE_HOURS: Record<Severity, number> = { high: 24, medium: 72, low: 168 };

/**
 * The route of a refusal: the owner of the first rule that matches, else the catalogue's. Action, severity and deadline
 * are the reason's own, whoever the owner is.
 */
export function route(refusal: Refusal, rules: readonly RoutingRule[] = []): Route {
  const entry = CATALOGUE[refusal.reason];
  const matched = rules.find(
    (rule) =>
      matchesWildcard(rule.reason, refusal.reason) &&
      matchesWildcard(rule.product, refusal.product) &&
      matchesWildcard(rule.location, refusal.location) &&
      matchesWildcard(rule.severity, entry.severity),
  );
  return {
    owner: matched?.owner ?? entry.owner,
    action: entry.action,
    severity: entry.severity,
    disposition: dispositionOf(refusal),
    deadlineHours: DEADLINE_HOURS[entry.severity],
  };
}
