import type { Node, NodeMessageInFlow } from 'node-red';
import type { Parts, SyncEnvelope } from '../canonical/envelope.ts';
import type { OdooClient } from '../odoo/client.ts';
import type { Store } from '../store/open.ts';

/** A message as our nodes read it; what is not listed is passed on as it came. */
export type FlowMessage = NodeMessageInFlow & { sync?: SyncEnvelope; parts?: Parts; [key: string]: unknown };

export type Send = (message: unknown) => void;

/** The `odoo-server` config node as other nodes see it. */
export type OdooServerNode = Node & {
  /** The one client of this server, shared by all nodes that use it. Throws OdooError for settings that cannot work. */
  client(): OdooClient;
  /** The plant's time zone. */
  readonly zone: string;
};

/** The `sync-store` config node as other nodes see it. */
export type SyncStoreNode = Node & {
  /** The store, opened once. Rejects with StoreError. */
  open(): Promise<Store>;
  /** Keeps the store open until `finished` settles: all close handlers start together, and a worker still needs it then. */
  keepFor(finished: Promise<unknown>): void;
};
