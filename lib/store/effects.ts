import type { StoreContext, Tx } from './context.ts';
import { chunks } from './context.ts';

const DAY = 86_400_000;

/** What was done under a business key: asked for again, it is answered from here. */
export type Effect = {
  readonly key: string;
  /** Hash of the content that it was done with. */
  readonly hash: string;
  /** Odoo's id of the record. */
  readonly id: number;
};

/** Effects that must not be had twice, by queue and business key. */
export type Effects = ReturnType<typeof effectsOf>;

export function effectsOf({ db }: StoreContext) {
  return {
    /** What was done under these keys and is still remembered. */
    async known(queue: string, keys: readonly string[]): Promise<ReadonlyMap<string, Effect>> {
      const known = new Map<string, Effect>();
      for (const some of chunks(keys.map((key) => ({ key })))) {
        const rows = await db
          .selectFrom('effects')
          .select(['key', 'content_hash', 'record'])
          .where('queue', '=', queue)
          .where(
            'key',
            'in',
            some.map(({ key }) => key),
          )
          .execute();
        for (const { key, content_hash: hash, record } of rows) known.set(key, { key, hash, id: Number(record) });
      }
      return known;
    },
  };
}

/** Remembers effects for so many days; what is known already stays. */
export async function addEffects(tx: Tx, queue: string, effects: readonly Effect[], keyDays: number): Promise<void> {
  const expires = Date.now() + keyDays * DAY;
  const rows = effects.map(({ key, hash, id }) => ({ queue, key, content_hash: hash, record: id, expires_at: expires }));
  for (const chunk of chunks(rows))
    await tx
      .insertInto('effects')
      .values(chunk)
      .onConflict((conflict) => conflict.columns(['queue', 'key']).doNothing())
      .execute();
}
