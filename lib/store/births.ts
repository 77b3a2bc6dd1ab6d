import { chunks, type StoreContext, type Tx } from './context.ts';
import type { BirthsTable } from './schema.ts';

/** Who was born: an edge node, or one of its devices. */
export type Birthplace = {
  /** Of the node that takes its messages in. */
  readonly queue: string;
  /** `group/node`. */
  readonly edge: string;
  /** Blank for the edge node itself. */
  readonly device: string;
};

/** What a birth or death says of itself; null where it does not. */
export type Moment = {
  /** By the sender's clock, in milliseconds since 1970. */
  readonly at: number | null;
  /** The session (`bdSeq`) that an edge node's birth begins and its death ends. */
  readonly bdSeq: string | null;
};

/** A metric as a birth told it. */
export type BornMetric = {
  readonly name: string;
  /** Blank where it has none. */
  readonly alias: string;
  /** Its code in Sparkplug B; null where it is not known. */
  readonly datatype: number | null;
};

/** The metrics that births of Sparkplug B told; data after a restart is understood by them. */
export type Births = ReturnType<typeof birthsOf>;

export function birthsOf({ db, dialect }: StoreContext) {
  return {
    /**
     * Takes the metrics of a birth in place of those before. Those of an edge node end its devices' too. One that is older
     * than the last is left: an instance that works off a backlog gets it late.
     */
    async born(place: Birthplace, { at, bdSeq }: Moment, metrics: readonly BornMetric[]): Promise<void> {
      const { queue, edge, device } = place;
      const rows = metrics.map(({ name, alias, datatype }) => ({ queue, edge, device, metric: name, alias, datatype }));
      await db.transaction().execute(async (tx) => {
        await lockEdge(tx, place);
        const last = await lastOf(tx, place);
        if (isBefore(at, last)) return;
        // The same once more, by another instance or after a crash: its devices may have been born since.
        const again = at !== null && at === last?.at && bdSeq === last.bd_seq;
        await forget(tx, place, !again);
        await tx
          .insertInto('births')
          .values({ queue, edge, device, at, bd_seq: bdSeq })
          .onConflict((conflict) => conflict.columns(['queue', 'edge', 'device']).doUpdateSet({ at, bd_seq: bdSeq }))
          .execute();
        for (const some of chunks(rows)) await tx.insertInto('born_metrics').values(some).execute();
      });
    },

    /**
     * Forgets what births told: nothing that an edge node and its devices, or a device, told holds after its death, nor does
     * the time of it, for the clock may be another when it comes back. A death of another session than the last birth's is
     * left, as Sparkplug has it, and so is one of a device from before its last birth. The time of an edge node's says
     * nothing: as the last will of its connection it was written before the birth.
     */
    async died(place: Birthplace, { at, bdSeq }: Moment): Promise<void> {
      const { queue, edge, device } = place;
      await db.transaction().execute(async (tx) => {
        await lockEdge(tx, place);
        const last = await lastOf(tx, place);
        if (device ? isBefore(at, last) : bdSeq !== null && last?.bd_seq && bdSeq !== last.bd_seq) return;
        await forget(tx, place);
        const births = tx.updateTable('births').set({ at: null, bd_seq: null });
        const ended = births.where('queue', '=', queue).where('edge', '=', edge);
        await (device ? ended.where('device', '=', device) : ended).execute();
      });
    },

    /** The metrics of these aliases and names, as far as a birth has told them. */
    async told(
      { queue, edge, device }: Birthplace,
      { aliases, names }: { aliases: readonly string[]; names: readonly string[] },
    ): Promise<BornMetric[]> {
      const found: BornMetric[] = [];
      for (const [column, values] of [
        ['alias', aliases],
        ['metric', names],
      ] as const)
        for (const some of chunks(values.map((value) => ({ value }))))
          found.push(
            ...(await db
              .selectFrom('born_metrics')
              .select(['metric as name', 'alias', 'datatype'])
              .where('queue', '=', queue)
              .where('edge', '=', edge)
              .where('device', '=', device)
              .where(
                column,
                'in',
                some.map(({ value }) => value),
              )
              .execute()),
          );
      return found;
    },
  };

  /** Until the transaction ends, no other instance changes what this edge node and its devices have told. */
  async function lockEdge(tx: Tx, { queue, edge }: Birthplace): Promise<void> {
    await tx
      .insertInto('births')
      .values({ queue, edge, device: '', at: null, bd_seq: null })
      .onConflict((conflict) => conflict.columns(['queue', 'edge', 'device']).doNothing())
      .execute();
    if (dialect === 'sqlite') return;
    await tx
      .selectFrom('births')
      .select('at')
      .where('queue', '=', queue)
      .where('edge', '=', edge)
      .where('device', '=', '')
      .forUpdate()
      .execute();
  }

  /** Takes away the metrics of a device, or of an edge node with all its devices. */
  async function forget(tx: Tx, { queue, edge, device }: Birthplace, devicesToo = true): Promise<void> {
    const told = tx.deleteFrom('born_metrics').where('queue', '=', queue).where('edge', '=', edge);
    await (device || !devicesToo ? told.where('device', '=', device) : told).execute();
  }
}

function lastOf(tx: Tx, { queue, edge, device }: Birthplace): Promise<Pick<BirthsTable, 'at' | 'bd_seq'> | undefined> {
  return tx
    .selectFrom('births')
    .select(['at', 'bd_seq'])
    .where('queue', '=', queue)
    .where('edge', '=', edge)
    .where('device', '=', device)
    .executeTakeFirst();
}

/** Whether it was before the last birth; false where one of the two does not say. */
function isBefore(at: number | null, last: Pick<BirthsTable, 'at'> | undefined): boolean {
  return at !== null && typeof last?.at === 'number' && at < last.at;
}
