/** Times are milliseconds since 1970; JSON and decimals are text, so that both databases hold the same. */
export type RunState =
  | 'receiving'
  | 'received'
  | 'awaiting-approval'
  | 'applying'
  | 'applied'
  | 'applied-with-exceptions'
  | 'refused'
  | 'failed';

/** States of a run that stands in Odoo, or is on its way there. */
export const REACHED_ODOO: readonly RunState[] = ['applying', 'applied', 'applied-with-exceptions'];

/** States that a run leaves only when it, or a dead letter of its, is replayed. */
export const ENDED: readonly RunState[] = ['applied', 'applied-with-exceptions', 'refused', 'failed'];

export type RunsTable = {
  id: string;
  interface: string;
  /** File, address or topic that it came from. */
  source: string;
  requester: string | null;
  state: RunState;
  /** Lines as counted while they were received. */
  lines: number;
  parts: number;
  /** SHA-256 of what was received. */
  content_hash: string | null;
  /** Forecast version, once there is one. */
  version: string | null;
  /** 1 once the write side has staged everything of the run. */
  handed_over: number;
  /** How often it was given to the flow again after it had ended. */
  replays: number;
  error: string | null;
  /** The mappings that its records came through (JSON), in order, each as `id@version`; and the rules that they were checked by. */
  mappings: string | null;
  rules: string | null;
  created_at: number;
  updated_at: number;
};

export type RunPartsTable = { run: string; part: number; body: string };

/** What a step counted for one part of a run. Written again when the part comes again. */
export type RunTotalsTable = { run: string; stage: string; part: string; lines: number; quantity: string; records: number };

export type JobState = 'staged' | 'pending' | 'running' | 'done' | 'dead' | 'discarded';

export type JobsTable = {
  id: string;
  queue: string;
  kind: string;
  run: string | null;
  /** Idempotency key, unique in its queue until it expires. */
  key: string;
  key_expires_at: number;
  content_hash: string;
  state: JobState;
  priority: number;
  result: string | null;
  error: string | null;
  attempts: number;
  /** Tries that ended with their process, or with their lease. */
  cut_off: number;
  max_attempts: number;
  next_attempt_at: number;
  /** Fencing token: grows with every claim. */
  token: number;
  lease_owner: string | null;
  lease_until: number | null;
  /** The job that this dead letter was split from. */
  parent: string | null;
  fingerprint: string | null;
  created_at: number;
  updated_at: number;
};

/** What a job is about (`lib/store/payload.ts`). */
export type JobPayloadsTable = { job: string; body: string };

/** What a worker wrote down of what it is doing, piece by piece, so that the next try knows. */
export type JobProgressTable = { job: string; piece: number; body: string };

/** What was done in Odoo under a business key, until the key expires. */
export type EffectsTable = { queue: string; key: string; content_hash: string; record: number; expires_at: number };

export type BreakersTable = { server: string; failures: number; open_until: number; error: string | null; updated_at: number };

/** Who has the turn at what one instance does at a time, and until when. */
export type TurnsTable = { name: string; owner: string; ends_at: number };

/** The last birth of an edge node or device, by its own clock and session; null where it did not say, and after its death. */
export type BirthsTable = { queue: string; edge: string; device: string; at: number | null; bd_seq: string | null };

/** A metric as that birth told it; its alias is blank where it has none. */
export type BornMetricsTable = {
  queue: string;
  edge: string;
  device: string;
  metric: string;
  alias: string;
  datatype: number | null;
};

/** A topic filter that one of our clients is subscribed to at a broker. */
export type SubscriptionsTable = { broker: string; client: string; filter: string; owner: string };

export type ExceptionState = 'open' | 'acknowledged' | 'waiting' | 'resolved' | 'expired';

export type ExceptionsTable = {
  id: string;
  run: string | null;
  line: number | null;
  /** The run or the event that it is of, or its own id. */
  scope: string;
  /** With scope, reason and stage, what makes it one: the line, or a hash of the record where there is none. */
  subject: string;
  stage: string;
  reason: string;
  disposition: string;
  severity: string;
  owner: string;
  action: string;
  message: string;
  field: string | null;
  value: string | null;
  record: string;
  product: string | null;
  location: string | null;
  period: string | null;
  quantity: string | null;
  source: string | null;
  fingerprint: string;
  /** What it has in common with others, as the desk shows them; none in exceptions that ended before there was a desk. */
  cause: string | null;
  /** Open until it is given to the flow again, resolved or expired; what people do about it stands with its cause. */
  state: ExceptionState;
  deadline_at: number;
  created_at: number;
  updated_at: number;
};

/** What a cause has become that nobody has been told yet. */
export type CauseNotice = 'new' | 'reassigned' | 'escalated' | 'overdue' | 'resolved';

/** What exceptions have in common: one missing supplier, however many lines wait for it. One at most of a fingerprint is live. */
export type CausesTable = {
  id: string;
  fingerprint: string;
  reason: string;
  disposition: string;
  severity: string;
  owner: string;
  action: string;
  /** Of the first of its lines. */
  message: string;
  /** The first few different ones of its lines, as lists. */
  products: string;
  locations: string;
  /** `id@version` of the mapping that its lines came through last. */
  mapping: string | null;
  state: ExceptionState;
  /** The last that was said of it. */
  comment: string | null;
  wait_until: number | null;
  /** When it is to be mended. */
  deadline_at: number;
  /** When it goes to the next owner; null once there is none. */
  escalate_at: number | null;
  /** Owners that it went on from, as a list. */
  escalated_from: string;
  notice: CauseNotice | null;
  /** 1 while its lines are still to end as it did. */
  ending: number;
  first_at: number;
  last_at: number;
  updated_at: number;
};

/** What a version is for: only a baseline is what later ones are compared with. */
export type VersionPurpose = 'baseline' | 'promotion' | 'scenario';

export type VersionState =
  | 'received'
  | 'validated'
  | 'awaiting-approval'
  | 'approved'
  | 'releasing'
  | 'released'
  | 'superseded'
  | 'refused'
  | 'rolled-back';

export type VersionsTable = {
  /** `<interface>-<number>`. */
  id: string;
  interface: string;
  number: number;
  run: string | null;
  /** Of the node that keeps it: its release is a job there. */
  queue: string;
  purpose: VersionPurpose;
  state: VersionState;
  /** Who sent it; somebody else approves it. */
  requester: string | null;
  source: string;
  /** Lists as JSON: `id@version` of each mapping, and each rule that it went through. */
  mappings: string;
  rules: string;
  /** The last day, `YYYY-MM-DD`, of the frozen horizon: up to it nothing may change without a person. */
  frozen_until: string | null;
  lines: number;
  quantity: string;
  /** The released version that it was compared with. */
  baseline: string | null;
  /** The released version whose place it took. */
  previous: string | null;
  difference: string | null;
  /** 1 where it is within the automatic limits. */
  automatic: number;
  /** Why it waits, as a list of sentences in JSON. */
  why: string;
  /** When it expires or is escalated. */
  deadline_at: number | null;
  escalated: number;
  releases: number;
  /** The plant's day of its last release, `YYYY-MM-DD`. */
  released_on: string | null;
  created_at: number;
  updated_at: number;
};

export type VersionItemsTable = {
  version: string;
  product: string;
  location: string;
  /** The product's category. */
  category: string;
  lines: number;
  sent: string;
  /** Over unit, periods and quantities: equal where the same is wanted. */
  hash: string;
  body: string;
};

/** What a dry run against Odoo says that a release would change, as JSON. */
export type VersionPreviewsTable = { version: string; part: string; body: string };

/** What a version's release wrote in Odoo. */
export type ReleasedRecordsTable = {
  version: string;
  job: string;
  place: number;
  model: string;
  record: number;
  product: string | null;
  location: string | null;
  outcome: string;
  before: string;
  changed: string;
  /** What a roll-back did with it. */
  undone: string | null;
  at: number;
};

/** Orders that Odoo made of what a release wrote, and how they looked then. */
export type ReleasedOrdersTable = {
  version: string;
  model: string;
  record: number;
  name: string;
  product: string | null;
  location: string | null;
  snapshot: string;
  undone: string | null;
  at: number;
};

/** A node's settings as they were last deployed: JSON without secrets. */
export type NodeSettingsTable = { home: string; node: string; type: string; settings: string };

export type AuditTable = {
  seq: number;
  at: number;
  who: string;
  what: string;
  subject: string;
  run: string | null;
  mapping: string | null;
  detail: string;
  previous_hash: string;
  hash: string;
};

export type Tables = {
  runs: RunsTable;
  run_parts: RunPartsTable;
  run_totals: RunTotalsTable;
  jobs: JobsTable;
  job_payloads: JobPayloadsTable;
  job_progress: JobProgressTable;
  effects: EffectsTable;
  breakers: BreakersTable;
  turns: TurnsTable;
  births: BirthsTable;
  born_metrics: BornMetricsTable;
  subscriptions: SubscriptionsTable;
  exceptions: ExceptionsTable;
  causes: CausesTable;
  versions: VersionsTable;
  version_items: VersionItemsTable;
  version_previews: VersionPreviewsTable;
  released_records: ReleasedRecordsTable;
  released_orders: ReleasedOrdersTable;
  node_settings: NodeSettingsTable;
  audit: AuditTable;
};
