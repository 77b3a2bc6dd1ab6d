import { setImmediate as nextTurn } from 'node:timers/promises';
import { type ExpressionBuilder, sql } from 'kysely';
import type { FlowRecord } from '../../canonical/marks.ts';
import { chunks, type StoreContext } from '../context.ts';
import { type Redriven, redriveRun } from '../redrive-run.ts';
import type { Tables } from '../schema.ts';
import { LIVE } from './causes.ts';

/** A live cause, and the first and the last of its open lines, which stand for all. */
export type Mendable = {
  readonly id: string;
  readonly fingerprint: string;
  readonly reason: string;
  /** `id@version` of the mapping that its lines came through last. */
  readonly mapping: string | null;
  readonly records: readonly FlowRecord[];
};

/** A cause that is mended, and by what, in words for people. */
export type Mended = Pick<Mendable, 'id' | 'fingerprint'> & { readonly words: string };

/** What came of giving a run's lines again. */
export type RunRedriven = { readonly run: string } & Redriven;

/** Causes that are looked at together. */
const AT_ONCE = 200;

export function mendableOf(context: StoreContext, keyDays: number) {
  const { db } = context;
  return {
    /** The live causes of some reasons that lines of runs wait for, some at a time; with a name, those of one interface. */
    async *mendable(reasons: readonly string[], name = ''): AsyncGenerator<Mendable[]> {
      let last = '';
      for (;;) {
        const causes = await db
          .selectFrom('causes')
          .select(['id', 'fingerprint', 'reason', 'mapping'])
          .where(LIVE)
          .where('reason', 'in', [...reasons])
          .where('disposition', '!=', 'warning')
          .where('id', '>', last)
          .orderBy('id')
          .limit(AT_ONCE)
          .execute();
        if (causes.length === 0) return;
        last = causes.at(-1)?.id ?? '';
        const ids = causes.map(({ id }) => id);
        const records = new Map<string, FlowRecord[]>();
        for (const end of ['first', 'last'] as const) {
          const rows = await db
            .selectFrom('causes')
            .innerJoin('exceptions as line', (join) => join.on((eb) => eb('line.id', '=', openLine(eb, end, name))))
            .select(['causes.id as cause', 'line.record'])
            .where('causes.id', 'in', ids)
            .where('line.stage', 'in', ['mapping', 'validation'])
            .execute();
          for (const { cause, record } of rows)
            records.set(cause, [...(records.get(cause) ?? []), JSON.parse(record) as FlowRecord]);
          await nextTurn();
        }
        yield causes.flatMap((cause) => {
          const found = records.get(cause.id);
          return found ? [{ ...cause, records: found }] : [];
        });
      }
    },

    /**
     * Gives the lines of causes that are mended to the flow again, each run's at once, and resolves the causes in the words
     * given. A run that cannot be given again now is refused; its causes stay as they are, for the next time.
     */
    async redriveMended(mended: readonly Mended[], who: string, name = ''): Promise<RunRedriven[]> {
      const fingerprints = new Map(mended.map(({ id, fingerprint }) => [id, fingerprint]));
      const words = new Map(mended.map(({ fingerprint, words }) => [fingerprint, words]));
      const byRun = new Map<string, string[]>();
      for (const some of chunks(mended)) {
        const ids = some.map(({ id }) => id);
        let query = db
          .selectFrom('exceptions')
          .select(['run', 'cause'])
          .distinct()
          .where('cause', 'in', ids)
          .where('state', '=', 'open');
        if (name) query = query.where('run', 'in', (eb) => eb.selectFrom('runs').select('id').where('interface', '=', name));
        for (const { run, cause } of await query.execute())
          if (run !== null) byRun.set(run, [...(byRun.get(run) ?? []), fingerprints.get(cause ?? '') ?? '']);
        await nextTurn();
      }
      const came: RunRedriven[] = [];
      for (const [run, some] of byRun) {
        const asked = { who, why: 'Its cause is mended.', fingerprints: some, mended: words };
        came.push({ run, ...(await redriveRun(context, keyDays, run, asked)) });
      }
      return came;
    },
  };
}

/** The id of a cause's first or last open line that came with a run. */
function openLine(
  { selectFrom }: ExpressionBuilder<Tables & { line: Tables['exceptions'] }, 'causes' | 'line'>,
  end: 'first' | 'last',
  name: string,
) {
  const lines = selectFrom('exceptions')
    .select('exceptions.id')
    .whereRef('exceptions.cause', '=', 'causes.id')
    .where(sql<boolean>`exceptions.state = 'open'`)
    .where('exceptions.run', 'is not', null)
    .orderBy('exceptions.id', end === 'first' ? 'asc' : 'desc')
    .limit(1);
  if (name === '') return lines;
  return lines.where('exceptions.run', 'in', (eb) => eb.selectFrom('runs').select('runs.id').where('runs.interface', '=', name));
}
