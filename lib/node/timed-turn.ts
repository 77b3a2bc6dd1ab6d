import { instanceName } from './instance.ts';
import type { FlowMessage, SyncStoreNode } from './types.ts';

/**
 * Whether this instance works on a message that every instance on the store gets at about the same time, such as that of an
 * inject node: one of them does within `seconds`. What comes to one instance only is always its own: a run or an event (it
 * has a lease), and a request by HTTP, for which somebody waits. Throws StoreError.
 */
export async function isOurTurn(store: SyncStoreNode, name: string, seconds: number, message: FlowMessage): Promise<boolean> {
  if (message.sync?.lease || message.res) return true;
  return (await store.open()).turns.take(name, seconds, instanceName());
}
