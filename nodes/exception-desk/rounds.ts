import { setTimeout as sleep } from 'node:timers/promises';
import { type Looked, lookForMended } from '../../lib/forecast/look-for-mended.ts';
import { doubtWanting, masterData } from '../../lib/forecast/master-data.ts';
import type { Mappers } from '../../lib/forecast/mended-mapping.ts';
import { instanceName } from '../../lib/node/instance.ts';
import type { OdooServerNode, SyncStoreNode } from '../../lib/node/types.ts';
import type { DeskNotice } from '../../lib/store/desk/upkeep.ts';
import { nextOwners, type Settings } from './settings.ts';

export type RoundOptions = {
  readonly store: SyncStoreNode;
  /** Where it is looked up whether causes are mended; undefined = nowhere. */
  readonly server: OdooServerNode | undefined;
  readonly mappers: Mappers;
  readonly settings: Settings;
  /** Who makes the rounds, as the audit names it. */
  readonly who: string;
  readonly onNotice: (notice: DeskNotice) => void;
};

/** What the desk does without being asked by a person. */
export type Rounds = {
  /** Gives what is late to the next owner, expires what newer runs have overtaken, and tells what is to be told. */
  escalate(): Promise<{ told: number }>;
  /** Looks up in Odoo which causes are mended, and gives their lines to the flow again. */
  look(server: OdooServerNode): Promise<Looked>;
  /** Both, on one instance of several, every so many minutes, until it is stopped. */
  start(onRound: (looked: Looked | undefined) => void, onTrouble: (error: Error) => void): { stop(): Promise<void> };
};

export function roundsOf({ store: node, server, mappers, settings, who, onNotice }: RoundOptions): Rounds {
  const { productKey, supplierDomain, everyMinutes } = settings;

  const tell = async (): Promise<number> => {
    const { desk } = await node.open();
    let told = 0;
    for (;;) {
      const notices = await desk.takeNotices();
      if (notices.length === 0) return told;
      told += notices.length;
      notices.forEach(onNotice);
    }
  };

  const escalate = async () => {
    const { desk } = await node.open();
    await desk.tend();
    await desk.escalate(nextOwners(settings));
    return { told: await tell() };
  };

  const look = async (at: OdooServerNode): Promise<Looked> => {
    const { desk } = await node.open();
    const client = at.client();
    const looked = await lookForMended({
      desk,
      master: masterData(client, { productKey, supplierDomain, ttlSeconds: 0 }),
      mappers,
      zone: at.zone,
      who,
      interface: settings.interface,
      onMended: () => doubtWanting(client),
    });
    if (looked.runs.length > 0) node.inFlow.released();
    await tell();
    return looked;
  };

  return {
    escalate,
    look,
    start(onRound, onTrouble) {
      const stopping = new AbortController();
      const every = everyMinutes * 60_000;
      const rounds = async (): Promise<void> => {
        while (!stopping.signal.aborted) {
          try {
            const { turns } = await node.open();
            // A little less than the time between, so that whoever had the last turn may take the next.
            if (await turns.take(who, (every * 0.9) / 1000, instanceName())) {
              await escalate();
              onRound(server && (await look(server)));
            }
          } catch (error) {
            onTrouble(error as Error);
          }
          await sleep(every, undefined, { signal: stopping.signal }).catch(() => undefined);
        }
      };
      const running = rounds();
      return {
        async stop() {
          stopping.abort();
          await running;
        },
      };
    },
  };
}
