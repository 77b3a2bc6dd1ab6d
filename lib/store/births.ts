import { chunks, type StoreContext } from './context.ts';

/** Who was born: an edge node, or one of its devices. */
export type Birthplace = {
  /** Of the node that takes its messages in. */
  readonly queue: string;
  /** `group/node`. */
  readonly edge: string;
  /** Blank for the edge node itself. */
  readonly device: string;
};

/** The names of metrics by alias, as births of Sparkplug B told them; data after a restart is understood by them. */
export type Births = ReturnType<typeof birthsOf>;

export function birthsOf({ db }: StoreContext) {
  return {
    /** Takes the names of a birth in place of those before; none after a death. Those of an edge node end its devices' too. */
    async replace({ queue, edge, device }: Birthplace, names: ReadonlyMap<string, string>): Promise<void> {
      // In one order, for another instance may have the same birth in hand.
      const rows = [...names].sort().map(([alias, metric]) => ({ queue, edge, device, alias, metric }));
      await db.transaction().execute(async (tx) => {
        const before = tx.deleteFrom('births').where('queue', '=', queue).where('edge', '=', edge);
        await (device ? before.where('device', '=', device) : before).execute();
        for (const some of chunks(rows))
          await tx
            .insertInto('births')
            .values(some)
            .onConflict((conflict) =>
              conflict.columns(['queue', 'edge', 'device', 'alias']).doUpdateSet((eb) => ({ metric: eb.ref('excluded.metric') })),
            )
            .execute();
      });
    },

    /** The names of these aliases, as far as a birth has told them. */
    async names({ queue, edge, device }: Birthplace, aliases: readonly string[]): Promise<ReadonlyMap<string, string>> {
      const found = new Map<string, string>();
      for (const some of chunks(aliases.map((alias) => ({ alias })))) {
        const rows = await db
          .selectFrom('births')
          .select(['alias', 'metric'])
          .where('queue', '=', queue)
          .where('edge', '=', edge)
          .where('device', '=', device)
          .where(
            'alias',
            'in',
            some.map(({ alias }) => alias),
          )
          .execute();
        for (const { alias, metric } of rows) found.set(alias, metric);
      }
      return found;
    },
  };
}
