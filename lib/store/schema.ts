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
  state: ExceptionState;
  deadline_at: number;
  created_at: number;
  updated_at: number;
};

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
  exceptions: ExceptionsTable;
  audit: AuditTable;
};
