import { appendAudit } from '../audit.ts';
import { lockedRun, type StoreContext } from '../context.ts';
import { insertJobs, packJob } from '../insert-jobs.ts';
import { ENDED } from '../schema.ts';
import type { Decided, Decision } from './approval.ts';
import { hasItsLines } from './items.ts';
import { versionOf } from './read.ts';
import { releaseJob } from './release.ts';
import { lockedVersionsOf, toBeTakenBack } from './turn.ts';

export function releasingAgainOf({ db, dialect }: StoreContext, keyDays: number) {
  return {
    /**
     * Has a version released again, as it is. Refused for the one who sent it, for one that is not approved, superseded or
     * rolled back, or never was released, while its run is under way or has gone on to a later version, for what is counted
     * for the run is that one's then, and where its lines are gone.
     */
    releaseAgain: (id: string, { who, comment }: Decision): Promise<Decided> =>
      db.transaction().execute(async (tx): Promise<Decided> => {
        const named = await lockedVersionsOf(tx, dialect, id);
        if (!named?.run) return { refused: `There is no version ${id.slice(0, 200)}.`, because: 'missing' };
        if ((await toBeTakenBack(tx, named.interface)) === id)
          return { refused: `Version ${id} is to be taken back: it is released again once that is done.`, because: 'state' };
        const run = await lockedRun(tx, dialect, named.run);
        const row = await tx.selectFrom('versions').selectAll().where('id', '=', id).executeTakeFirstOrThrow();
        if (!run || !ENDED.includes(run.state) || !['approved', 'released', 'superseded', 'rolled-back'].includes(row.state))
          return {
            refused: `Version ${id} is ${row.state.replace('-', ' ')}, its run ${run?.state}: it cannot be released now.`,
            because: 'state',
          };
        if (run.version !== id)
          return {
            refused: `Version ${id} is not its run's any more: its lines were given again${run.version ? `, and are ${run.version}` : ''}.`,
            because: 'state',
          };
        if (row.requester !== null && row.requester === who)
          return { refused: `${who} sent version ${id}; somebody else has it released again.`, because: 'person' };
        if (row.releases === 0 && row.state !== 'approved')
          return { refused: `Version ${id} was never released: it was overtaken. Send its file again.`, because: 'state' };
        if (!(await hasItsLines(tx, row)))
          return {
            refused: `Version ${id} is older than what the store keeps: its lines are gone. Send its file again.`,
            because: 'state',
          };
        const release = row.releases + 1;
        const job = releaseJob(id, release, { queue: row.queue, run: named.run, maxAttempts: 30 });
        await insertJobs(tx, [await packJob(job)], 'pending', keyDays);
        const now = Date.now();
        await tx.updateTable('versions').set({ state: 'approved', updated_at: now }).where('id', '=', id).execute();
        await tx
          .updateTable('runs')
          .set({ state: 'applying', error: null, updated_at: now })
          .where('id', '=', named.run)
          .execute();
        await appendAudit(tx, dialect, {
          who,
          what: 'version.released-again',
          subject: id,
          run: named.run,
          detail: { comment, release },
        });
        return { version: versionOf({ ...row, state: 'approved' }) };
      }),
  };
}
