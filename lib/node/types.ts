import type { Node, NodeMessageInFlow } from 'node-red';
import type { Parts, SyncEnvelope } from '../canonical/envelope.ts';
import type { FlowRecord } from '../canonical/marks.ts';
import type { MapResult } from '../mapping/engine.ts';
import type { OdooClient } from '../odoo/client.ts';
import type { Store } from '../store/open.ts';
import type { Identifier } from './identity.ts';
import type { RunsInFlow } from './runs-in-flow.ts';
import type { UnderWay } from './under-way.ts';

/** A message as our nodes read it; what is not listed is passed on as it came. */
export type FlowMessage = NodeMessageInFlow & { sync?: SyncEnvelope; parts?: Parts; [key: string]: unknown };

export type Send = (message: unknown) => void;

/** A config node that other nodes hold open while they are at work with it. */
export type SharedNode = Node & Pick<UnderWay, 'keepFor'>;

/** The `odoo-server` config node as other nodes see it. */
export type OdooServerNode = SharedNode & {
  /** The one client of this server, shared by all nodes that use it. Throws OdooError for settings that cannot work. */
  client(): OdooClient;
  /** The server's address, as it is set. */
  readonly url: string;
  /** The plant's time zone. */
  readonly zone: string;
};

/** The `sync-store` config node as other nodes see it. */
export type SyncStoreNode = SharedNode & {
  /** The store, opened once. Rejects with StoreError; the next call tries again. */
  open(): Promise<Store>;
  /** The runs that are on their way through the flow. */
  readonly inFlow: RunsInFlow;
  /** Tells who sends requests. Throws SettingsError for tokens that are none. */
  identifier(): Identifier;
};

/** A `canonical-map` node as other nodes see it. */
export type CanonicalMapNode = Node & {
  /** Id of its mapping; undefined where each message brings one, and where it maps back. */
  readonly mapping: string | undefined;
  /** What becomes of records by its mapping. Throws MappingError, OdooError. */
  map(records: readonly FlowRecord[]): Promise<MapResult>;
};
