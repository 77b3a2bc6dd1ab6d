import { z } from 'zod';

/**
 * The durable job that a message came from. Whoever takes the message over durably settles it; a lease whose `token` is
 * no longer the job's own is refused, so a late worker cannot overwrite the work of the one that took over.
 */
export const Lease = z.object({
  /** Id of the `sync-store` config node whose store holds the job. */
  store: z.string(),
  /** Id of the job. */
  job: z.string(),
  /** Fencing token: grows by one with every claim. */
  token: z.number().int(),
  /**
   * For an event, what settles it: the nodes that take it over durably (`odoo-write`, `exception-route`), or a `sync-settle`
   * node. A run has none: it is released when its control totals balance.
   */
  settledBy: z.enum(['takers', 'sync-settle']).optional(),
});
export type Lease = z.infer<typeof Lease>;

/** `msg.sync`: the envelope that every node passes on. */
export const SyncEnvelope = z.object({
  /** Name of the interface, such as `forecast-import`. */
  interface: z.string().optional(),
  /** Id of this run (UUIDv7); every line's history hangs on it. */
  run: z.string().optional(),
  /** Key of the event that the message brings, or of its run and replay; what is done for it is done once under this key. */
  key: z.string().optional(),
  /** Forecast version, once there is one. */
  version: z.string().optional(),
  /** The version whose release is only tried: nothing is written to Odoo or kept but what would come of it. */
  preview: z.string().optional(),
  /** `id@version` of the last mapping applied. */
  mapping: z.string().optional(),
  /** `id@version` of every mapping applied so far, in order. */
  mappings: z.array(z.string()).optional(),
  /** The rules that validation applied. */
  rules: z.array(z.string()).optional(),
  /** W3C `traceparent`. */
  trace: z.string().optional(),
  lease: Lease.optional(),
});
export type SyncEnvelope = z.infer<typeof SyncEnvelope>;

/** `msg.parts`: Node-RED's own mark of a message sequence. A run is a sequence whose `id` is the run's id. */
export const Parts = z
  .object({ id: z.string(), index: z.number().int().min(0), count: z.number().int().min(1).optional() })
  .loose();
export type Parts = z.infer<typeof Parts>;
