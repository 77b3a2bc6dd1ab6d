import type { FlowRecord } from '../canonical/marks.ts';
import type { Refusal } from '../exceptions/refusal.ts';
import type { Lookups } from './lookups.ts';
import type { Mapping, MappingTarget } from './mapping.ts';

export type MapOptions = {
  /** Needed by mappings that look values up in Odoo. */
  readonly lookups?: Lookups;
  /** The fields that the target has; a row whose fields are not among them is left out, or is an error when required. */
  readonly fields?: ReadonlySet<string>;
  /** The plant's time zone (IANA); `utc` when left out. */
  readonly zone?: string;
  readonly signal?: AbortSignal;
};

export type MapResult = {
  readonly records: FlowRecord[];
  readonly refusals: Refusal[];
  /**
   * How many records there were once wide ones were made long; each is in `records` (several in one, when grouped) or in
   * `refusals`. Differs from the number of records given only under `wideToLong`.
   */
  readonly lines: number;
};

/** A mapping that was checked and is ready to run. */
export type MappingEngine = {
  readonly mapping: Mapping;
  /** `id@version`, as it goes into the envelope. */
  readonly name: string;
  /** The columns it reads. */
  readonly columns: { readonly required: readonly string[]; readonly optional: readonly string[] };
  /** Whether it looks values up in Odoo. */
  readonly needsLookups: boolean;
  /** What goes on `msg.target` for the node that writes. */
  readonly target: (MappingTarget & { readonly fillEmpty: readonly string[] }) | undefined;
  /**
   * Maps a batch, giving way to other work every few milliseconds.
   * @throws MappingError `lookups` or `target`; whatever the look-ups throw
   */
  map(records: readonly FlowRecord[], options?: MapOptions): Promise<MapResult>;
  /** The mapping that turns what this one makes back. @throws MappingError `not-invertible`, naming the row */
  inverse(): MappingEngine;
};
