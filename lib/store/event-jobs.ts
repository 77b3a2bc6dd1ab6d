import { type AuditEntry, appendAudit } from './audit.ts';
import { type Held, type StoreContext, takenJobs } from './context.ts';
import { gatherer } from './gather.ts';
import { conflicts, insertJobs, type NewJob, type PackedJob, packJob } from './insert-jobs.ts';

/** An event's job, and what the audit tells once it stands. */
export type NewEvent = NewJob & { readonly audit: AuditEntry };

/** What came of an event's job: it is new, it was there already, or it was there with other content, which stands. */
export type Acceptance = 'new' | 'there' | 'conflict';

const MOST_ACCEPTED = 20;
const MOST_SETTLED = 50;

/** The two ends of an event's job. Events come fast, and the audit's lock lets one transaction tell at a time: they share it. */
export type EventJobs = ReturnType<typeof eventJobsOf>;

export function eventJobsOf({ db, dialect }: StoreContext, keyDays: number) {
  const acceptAll = (jobs: readonly (PackedJob & NewEvent)[]): Promise<Acceptance[]> =>
    db.transaction().execute(async (tx) => {
      const there = new Set<unknown>(await insertJobs(tx, jobs, 'pending', keyDays));
      const answers: Acceptance[] = [];
      for (const job of jobs)
        answers.push(!there.has(job) ? 'new' : (await conflicts(tx, [job])).length > 0 ? 'conflict' : 'there');
      await appendAudit(tx, dialect, ...jobs.filter((job) => !there.has(job)).map(({ audit }) => audit));
      return answers;
    });

  const settleAll = (settlements: readonly { readonly lease: Held; readonly who: string | undefined }[]): Promise<undefined[]> =>
    db.transaction().execute(async (tx) => {
      const leases = settlements.map(({ lease }) => lease);
      const open = new Map<string, AuditEntry>();
      (await takenJobs(tx, dialect, leases)).forEach(({ id, state, queue, attempts, key }, at) => {
        const who = settlements[at]?.who ?? queue;
        const detail = { job: id, queue, attempts };
        if (state !== 'done') open.set(id, { who, what: 'event.settled', subject: key, detail });
      });
      if (open.size > 0) {
        const settledNow = { state: 'done' as const, error: null, lease_owner: null, lease_until: null, updated_at: Date.now() };
        await tx
          .updateTable('jobs')
          .set(settledNow)
          .where('id', 'in', [...open.keys()])
          .execute();
        await appendAudit(tx, dialect, ...open.values());
      }
      return settlements.map(() => undefined);
    });

  const acceptSoon = gatherer(acceptAll, MOST_ACCEPTED);
  const settleSoon = gatherer(settleAll, MOST_SETTLED);
  return {
    /** Keeps an event's job, to be claimed at once. When this returns, it is on disk. */
    accept: async (job: NewEvent): Promise<Acceptance> => acceptSoon(await packJob(job)),

    /**
     * An event's job is done: it was taken over durably. Done already under the same lease, it stays so. `who` settles it,
     * as the audit names it: the node that sent it, where it is left out. Throws StoreError `stale-lease`.
     */
    settle: (lease: Held, who?: string): Promise<undefined> => settleSoon({ lease, who }),
  };
}
