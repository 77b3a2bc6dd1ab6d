import type { StoreContext } from './context.ts';

/** A client of ours at a broker, which keeps a session under its id. */
export type BrokerClient = {
  /** The broker's address, without a login. */
  readonly broker: string;
  readonly client: string;
  /** What tells the node and its instance from all others. */
  readonly owner: string;
};

/** The topic filters that our clients are subscribed to: a session outlives the settings that it was opened with. */
export type Subscriptions = ReturnType<typeof subscriptionsOf>;

export function subscriptionsOf({ db }: StoreContext) {
  return {
    /** Notes a filter that the client is about to subscribe to, and tells the others that it has been subscribed to. */
    begin: ({ broker, client, owner }: BrokerClient, filter: string): Promise<string[]> =>
      db.transaction().execute(async (tx) => {
        await tx
          .insertInto('subscriptions')
          .values({ broker, client, filter, owner })
          .onConflict((conflict) => conflict.columns(['broker', 'client', 'filter']).doUpdateSet({ owner }))
          .execute();
        const all = tx.selectFrom('subscriptions').select('filter').where('broker', '=', broker).where('client', '=', client);
        return (await all.where('filter', '!=', filter).orderBy('filter').execute()).map((row) => row.filter);
      }),

    /** What the owner's client has been subscribed to. */
    async of({ broker, client, owner }: BrokerClient): Promise<string[]> {
      const all = db.selectFrom('subscriptions').select('filter').where('broker', '=', broker).where('client', '=', client);
      return (await all.where('owner', '=', owner).orderBy('filter').execute()).map(({ filter }) => filter);
    },

    /** The client is not subscribed to these any more. */
    async ended({ broker, client }: Omit<BrokerClient, 'owner'>, filters: readonly string[]): Promise<void> {
      if (filters.length === 0) return;
      const all = db.deleteFrom('subscriptions').where('broker', '=', broker).where('client', '=', client);
      await all.where('filter', 'in', filters).execute();
    },

    /** The ids of an owner's clients at a broker. */
    async clients({ broker, owner }: Omit<BrokerClient, 'client'>): Promise<string[]> {
      const all = db.selectFrom('subscriptions').select('client').distinct().where('broker', '=', broker);
      return (await all.where('owner', '=', owner).orderBy('client').execute()).map(({ client }) => client);
    },
  };
}
