import { setImmediate as nextTurn } from 'node:timers/promises';
import { type Kysely, sql } from 'kysely';
import { chunks, type StoreContext } from '../context.ts';
import type { ExceptionState, Tables } from '../schema.ts';
import { type Cause, LIVE } from './causes.ts';

/** An exception as people see it: one cause, with the lines that wait for it. Times are ms since 1970. */
export type DeskException = {
  readonly id: string;
  readonly fingerprint: string;
  readonly reason: string;
  /** Of the first of its lines. */
  readonly message: string;
  readonly disposition: string;
  readonly severity: string;
  readonly owner: string;
  readonly action: string;
  readonly state: ExceptionState;
  /** The last that was said of it. */
  readonly comment: string | null;
  readonly waitUntil: number | null;
  readonly deadlineAt: number;
  readonly isOverdue: boolean;
  readonly ageHours: number;
  /** Owners that it went on from when its time was over. */
  readonly escalatedFrom: readonly string[];
  /** Lines that wait for it; once it has ended, those that did. */
  readonly lines: number;
  readonly quantity: number;
  /** The first few. */
  readonly products: readonly string[];
  readonly locations: readonly string[];
  readonly runs: readonly string[];
  readonly firstAt: number;
  readonly lastAt: number;
  readonly updatedAt: number;
};

/** A line behind an exception, as it was refused. */
export type DeskLine = {
  readonly id: string;
  readonly run: string | null;
  readonly line: number | null;
  readonly product: string | null;
  readonly location: string | null;
  readonly period: string | null;
  readonly quantity: string | null;
  readonly field: string | null;
  readonly value: unknown;
  readonly message: string;
  readonly state: ExceptionState;
};

export type DeskFilter = {
  readonly owner?: string | undefined;
  readonly reason?: string | undefined;
  readonly state?: ExceptionState | undefined;
  readonly run?: string | undefined;
  /** Those after this one. */
  readonly after?: string | undefined;
};

const MOST_LISTED = 500;
const HOUR = 3_600_000;

/** States of lines; those that wait are the first. */
const LINE_STATES: readonly ExceptionState[] = ['open', 'resolved', 'expired'];

/** Causes whose lines are counted in one statement. */
const COUNTED_AT_ONCE = 20;

export function readingOf(context: StoreContext) {
  const { db } = context;
  return {
    /** Live exceptions, those whose time is over first; of an ended state where that is asked for, the last first. */
    async list({ owner, reason, state, run, after }: DeskFilter = {}, limit = 50): Promise<DeskException[]> {
      const isEnded = state === 'resolved' || state === 'expired';
      let query = db.selectFrom('causes').selectAll().limit(Math.min(limit, MOST_LISTED));
      if (isEnded) query = query.where('state', '=', state).orderBy('updated_at', 'desc').orderBy('id', 'desc');
      else query = query.where(LIVE).orderBy('deadline_at').orderBy('id');
      if (state && !isEnded) query = query.where('state', '=', state);
      if (owner) query = query.where('owner', '=', owner);
      if (reason) query = query.where('reason', '=', reason);
      if (run) {
        const states = isEnded ? LINE_STATES : LINE_STATES.slice(0, 1);
        query = query.where(({ exists, selectFrom }) =>
          exists(
            selectFrom('exceptions')
              .select('exceptions.id')
              .whereRef('exceptions.cause', '=', 'causes.id')
              .where('exceptions.state', 'in', states)
              .where('exceptions.run', '=', run),
          ),
        );
      }
      if (after) {
        const at = sql.ref(isEnded ? 'updated_at' : 'deadline_at');
        const past = sql.raw(isEnded ? '<' : '>');
        query = query.where(sql<boolean>`(${at}, id) ${past} (select ${at}, id from causes where id = ${after})`);
      }
      return shown(context, await query.execute());
    },

    async show(id: string): Promise<DeskException | undefined> {
      const [found] = await shown(context, await db.selectFrom('causes').selectAll().where('id', '=', id).execute());
      return found;
    },

    /** The lines behind an exception, in the order in which they came. */
    async lines(id: string, { after = '', limit = 100 } = {}): Promise<DeskLine[]> {
      const rows = await db
        .selectFrom('exceptions')
        .select(['id', 'run', 'line', 'product', 'location', 'period', 'quantity', 'field', 'value', 'message', 'state'])
        .where('cause', '=', id)
        .where('id', '>', after)
        .orderBy('id')
        .limit(Math.min(limit, MOST_LISTED))
        .execute();
      return rows.map((row) => ({ ...row, value: row.value === null ? null : (JSON.parse(row.value) as unknown) }));
    },
  };
}

/** Causes with the figures of their lines. */
export async function shown(context: StoreContext, causes: readonly Cause[]): Promise<DeskException[]> {
  const figures = await figuresOf(context, causes);
  const now = Date.now();
  return causes.map((row) => {
    const { lines, quantity, runs } = figures.get(row.id) ?? { lines: 0, quantity: 0, runs: [] };
    const { id, fingerprint, reason, message, disposition, severity, owner, action, state, comment } = row;
    const isLive = state !== 'resolved' && state !== 'expired';
    return {
      ...{ id, fingerprint, reason, message, disposition, severity, owner, action, state, comment },
      waitUntil: row.wait_until,
      deadlineAt: row.deadline_at,
      isOverdue: isLive && row.deadline_at <= now,
      ageHours: Math.round(((isLive ? now : row.updated_at) - row.first_at) / (HOUR / 10)) / 10,
      escalatedFrom: JSON.parse(row.escalated_from) as string[],
      lines,
      quantity: Number(quantity.toFixed(6)),
      products: JSON.parse(row.products) as string[],
      locations: JSON.parse(row.locations) as string[],
      runs,
      firstAt: row.first_at,
      lastAt: row.last_at,
      updatedAt: row.updated_at,
    };
  });
}

type Figures = { lines: number; quantity: number; runs: string[] };

async function figuresOf({ db, dialect }: StoreContext, causes: readonly Cause[]): Promise<Map<string, Figures>> {
  const figures = new Map<string, Figures>();
  const live = causes.filter(({ state }) => state !== 'resolved' && state !== 'expired').map(({ id }) => ({ id }));
  const ended = causes.filter(({ state }) => state === 'resolved' || state === 'expired').map(({ id }) => ({ id }));
  const states = [
    [live, LINE_STATES.slice(0, 1)],
    [ended, LINE_STATES],
  ] as const;
  const sum = dialect === 'postgres' ? sql<string>`sum(quantity::numeric)` : sql<number>`sum(cast(quantity as real))`;
  for (const [ids, counted] of states)
    for (const some of chunks(ids, COUNTED_AT_ONCE)) {
      const rows = await countedLines(db, sum, some, counted).execute();
      for (const { cause, run, lines, quantity } of rows) {
        const before = figures.get(cause ?? '') ?? { lines: 0, quantity: 0, runs: [] };
        before.lines += Number(lines);
        before.quantity += Number(quantity ?? 0);
        if (run !== null) before.runs.push(run);
        figures.set(cause ?? '', before);
      }
      await nextTurn();
    }
  return figures;
}

const countedLines = (
  db: Kysely<Tables>,
  sum: ReturnType<typeof sql<string | number | null>>,
  causes: readonly { readonly id: string }[],
  states: readonly ExceptionState[],
) =>
  db
    .selectFrom('exceptions')
    .select(({ fn }) => ['cause', 'run', fn.countAll().as('lines'), sum.as('quantity')])
    .where(
      'cause',
      'in',
      causes.map(({ id }) => id),
    )
    .where('state', 'in', [...states])
    .groupBy(['cause', 'run']);
