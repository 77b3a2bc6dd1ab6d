/** Who mends an exception. `exception-route` has one output for each. */
export const OWNERS = ['planner', 'buyer', 'master-data', 'integration'] as const;
export type Owner = (typeof OWNERS)[number];

/**
 * What an exception does to its line: `rejected` cannot be understood, `held` is understood but someone must act first,
 * `warning` goes on all the same, `dead` was accepted and could not be brought into Odoo.
 */
export type Disposition = 'rejected' | 'held' | 'warning' | 'dead';

export const SEVERITIES = ['low', 'medium', 'high'] as const;
export type Severity = (typeof SEVERITIES)[number];

export type CatalogueEntry = {
  readonly disposition: Disposition;
  readonly owner: Owner;
  readonly severity: Severity;
  readonly action: string;
};

/** Every reason there is, with its owner and the action that mends it. */
export const CATALOGUE = {
  MALFORMED: {
    disposition: 'rejected',
    owner: 'planner',
    severity: 'medium',
    action: 'Correct the value in the planning system and send the line again.',
  },
  NEGATIVE_QUANTITY: {
    disposition: 'rejected',
    owner: 'planner',
    severity: 'medium',
    action: 'Send a quantity of zero or more.',
  },
  UNMAPPED: {
    disposition: 'rejected',
    owner: 'integration',
    severity: 'medium',
    action: 'Add the value to the mapping, or correct it where it comes from.',
  },
  DUPLICATE_LINE: {
    disposition: 'held',
    owner: 'planner',
    severity: 'medium',
    action: 'Send one line a product, place, period, customer and channel.',
  },
  UNKNOWN_PRODUCT: {
    disposition: 'held',
    owner: 'master-data',
    severity: 'high',
    action: 'Create the product in Odoo, or correct its internal reference.',
  },
  AMBIGUOUS_PRODUCT: {
    disposition: 'held',
    owner: 'master-data',
    severity: 'high',
    action: 'Give each product in Odoo an internal reference of its own.',
  },
  ARCHIVED_PRODUCT: {
    disposition: 'held',
    owner: 'master-data',
    severity: 'medium',
    action: 'Unarchive the product in Odoo, or stop forecasting it.',
  },
  UNKNOWN_LOCATION: {
    disposition: 'held',
    owner: 'master-data',
    severity: 'high',
    action: 'Create the warehouse in Odoo, or correct its code.',
  },
  UNKNOWN_UNIT: {
    disposition: 'held',
    owner: 'master-data',
    severity: 'medium',
    action: 'Create the unit of measure in Odoo, or correct its name.',
  },
  UNIT_MISMATCH: {
    disposition: 'held',
    owner: 'planner',
    severity: 'medium',
    action: "Send the quantity in a unit that converts to the product's own.",
  },
  NO_SUPPLY_SOURCE: {
    disposition: 'held',
    owner: 'buyer',
    severity: 'high',
    action: 'Add an active bill of materials or an approved supplier to the product in Odoo.',
  },
  OUTSIDE_HORIZON: {
    disposition: 'held',
    owner: 'planner',
    severity: 'low',
    action: 'Send periods within the planning horizon.',
  },
  INSIDE_LEAD_TIME: {
    disposition: 'warning',
    owner: 'planner',
    severity: 'low',
    action: 'Expedite, or accept that supply may come late.',
  },
  DEVIATION_EXCEEDED: {
    disposition: 'held',
    owner: 'planner',
    severity: 'medium',
    action: 'Confirm the quantity, or send a corrected one.',
  },
  APPROVAL_REFUSED: {
    disposition: 'held',
    owner: 'planner',
    severity: 'medium',
    action: 'Correct the forecast and send it again, or agree on it with the one who refused it.',
  },
  FORECAST_MISSING: {
    disposition: 'held',
    owner: 'planner',
    severity: 'high',
    action: 'Send the forecast, or say that the planning baseline applies.',
  },
  FORECAST_UNDECIDED: {
    disposition: 'held',
    owner: 'planner',
    severity: 'high',
    action: 'Have the version that waits approved, or refused.',
  },
  FORECAST_STUCK: {
    disposition: 'held',
    owner: 'integration',
    severity: 'high',
    action: 'See what keeps the run from going on.',
  },
  FORECAST_FAILED: {
    disposition: 'held',
    owner: 'integration',
    severity: 'high',
    action: 'Mend what the error names, then replay the run, or have the forecast sent again.',
  },
  NOT_SCHEDULED: {
    disposition: 'dead',
    owner: 'master-data',
    severity: 'medium',
    action: "Add the product to Odoo's master production schedule, then replay the run.",
  },
  DOUBLE_COUNTED: {
    disposition: 'dead',
    owner: 'planner',
    severity: 'high',
    action: 'Plan the product in one way only: archive the other plan in Odoo or choose its target, then replay the run.',
  },
  ODOO_REFUSED: {
    disposition: 'dead',
    owner: 'integration',
    severity: 'high',
    action: "Mend what Odoo's message names, then replay.",
  },
  STOCK_OUT: {
    disposition: 'held',
    owner: 'buyer',
    severity: 'high',
    action: 'Expedite supply, or promise the waiting orders another date.',
  },
  PRODUCTION_DELAYED: {
    disposition: 'held',
    owner: 'planner',
    severity: 'high',
    action: 'Plan what waits for the order anew.',
  },
  DEMAND_SPIKE: {
    disposition: 'held',
    owner: 'planner',
    severity: 'high',
    action: 'Decide what can be made by when, and send a forecast that says so.',
  },
  UNKNOWN_ORDER: {
    disposition: 'held',
    owner: 'integration',
    severity: 'medium',
    action: "Correct the order's name where the event comes from.",
  },
  KEY_CONFLICT: {
    disposition: 'dead',
    owner: 'integration',
    severity: 'high',
    action: 'Correct the key or the content, then replay or discard.',
  },
  DELIVERY_FAILED: {
    disposition: 'dead',
    owner: 'integration',
    severity: 'high',
    action: 'Restore the connection to Odoo, then replay.',
  },
} as const satisfies Record<string, CatalogueEntry>;

export type Reason = keyof typeof CATALOGUE;

/** The reason a forecast line may not become what it should. */
export const REASONS = Object.keys(CATALOGUE) as readonly Reason[];
