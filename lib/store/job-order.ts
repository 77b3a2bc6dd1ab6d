import { sql } from 'kysely';
import type { StoreContext } from './context.ts';
import type { ClaimedJob } from './jobs.ts';

/** A job that is done, with the result that it was settled with. */
export type FinishedJob = { readonly id: string; readonly result: unknown };

/** How a job stands to the others of its queue, in the order in which what they are about came in. */
export function jobOrderOf({ db }: StoreContext) {
  return {
    /** Jobs of the same queue that stand after this one and are done already, in their order, with what came of each. */
    async finishedSince({ id, queue, createdAt }: Pick<ClaimedJob, 'id' | 'queue' | 'createdAt'>): Promise<FinishedJob[]> {
      const rows = await db
        .selectFrom('jobs')
        .select(['id', 'result'])
        .where('state', '=', sql.lit('done'))
        .where('updated_at', '>=', createdAt)
        .where('queue', '=', queue)
        .where((eb) => eb.or([eb('created_at', '>', createdAt), eb.and([eb('created_at', '=', createdAt), eb('id', '>', id)])]))
        .orderBy('created_at')
        .orderBy('id')
        .execute();
      return rows.map((row) => ({ id: row.id, result: JSON.parse(row.result ?? 'null') as unknown }));
    },

    /** In how many milliseconds an earlier job of the queue and kind may be done, where one is not; undefined where all are. */
    async earlierDueIn({ id, queue, kind, createdAt }: Pick<ClaimedJob, 'id' | 'queue' | 'kind' | 'createdAt'>) {
      const row = await db
        .selectFrom('jobs')
        .select(['state', 'next_attempt_at'])
        .where('queue', '=', queue)
        .where('kind', '=', kind)
        .where('state', 'in', ['pending', 'running'])
        .where((eb) => eb.or([eb('created_at', '<', createdAt), eb.and([eb('created_at', '=', createdAt), eb('id', '<', id)])]))
        .orderBy('created_at')
        .limit(1)
        .executeTakeFirst();
      if (!row) return undefined;
      return row.state === 'pending' ? Math.max(0, Number(row.next_attempt_at) - Date.now()) : 0;
    },

    /** Other jobs of the queue that were begun and wait to be tried again, and when (ms since 1970) each of them is. */
    async begunBesides({ id, queue }: Pick<ClaimedJob, 'id' | 'queue'>): Promise<{ id: string; dueAt: number }[]> {
      const rows = await db
        .selectFrom('jobs')
        .select(['id', 'next_attempt_at'])
        .where('queue', '=', queue)
        .where('state', '=', sql.lit('pending'))
        .where('id', '!=', id)
        .where(({ exists, selectFrom }) => exists(selectFrom('job_progress').select('job').whereRef('job', '=', 'jobs.id')))
        .execute();
      return rows.map((row) => ({ id: row.id, dueAt: Number(row.next_attempt_at) }));
    },
  };
}
