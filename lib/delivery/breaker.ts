import { OdooError, type OdooErrorCode } from '../odoo/errors.ts';
import type { BreakerRow } from '../store/breakers.ts';
import type { Store } from '../store/open.ts';
import { backoff } from './backoff.ts';
import { OutcomePending } from './verdict.ts';

/** Faults of the server, not of what was sent to it. */
const TROUBLE: ReadonlySet<OdooErrorCode> = new Set(['unavailable', 'unknown-outcome', 'protocol']);

/** Failures in a row after which the server is left alone. */
const PATIENCE = 3;

/** Longer than a job takes, so that only one finds out; what the one finds out ends it sooner. */
const PROBE_MILLISECONDS = 150_000;

/** How a server has been answering: `closed` lets all work go on, `open` leaves it alone, `half-open` lets one find out how it is. */
export type BreakerState = BreakerRow & { readonly state: 'closed' | 'open' | 'half-open' };

/** Leaves alone a server that does not answer, instead of trying every waiting job on it in turn. */
export type Breaker = {
  /** Milliseconds to leave the server alone for; 0 lets this caller go on, alone where the server was in trouble. */
  wait(): Promise<number>;
  /** How the server has been answering; undefined while nothing went unanswered. */
  state(): Promise<BreakerState | undefined>;
  succeeded(): Promise<void>;
  /**
   * Takes note of a failure; what is no fault of the server's shows that it answers. What shows neither lets the next one
   * find out, where this one was to.
   */
  failed(error: unknown): Promise<void>;
};

/** The breaker of a server, shared by all that use the store. `nameOf` gives its address and database. */
export function breakerOf({ breakers }: Pick<Store, 'breakers'>, nameOf: () => string): Breaker {
  /** Until when this one is the one to find out. */
  let turn: number | undefined;
  const giveTurnBack = async (): Promise<void> => {
    const row = await breakers.read(nameOf());
    if (row && row.openUntil === turn) await breakers.write(nameOf(), { ...row, openUntil: Date.now() });
  };
  const breaker: Breaker = {
    async wait() {
      const row = await breakers.read(nameOf());
      if (!row || row.failures < PATIENCE) return 0;
      const left = row.openUntil - Date.now();
      if (left > 0) return left;
      const until = Date.now() + PROBE_MILLISECONDS;
      if (!(await breakers.takeTurn(nameOf(), row, until))) return 1_000;
      turn = until;
      return 0;
    },
    async state() {
      const row = await breakers.read(nameOf());
      if (!row?.failures) return undefined;
      const state = row.failures < PATIENCE ? 'closed' : row.openUntil > Date.now() ? 'open' : 'half-open';
      return { ...row, state };
    },
    async succeeded() {
      if ((await breakers.read(nameOf()))?.failures)
        await breakers.write(nameOf(), { failures: 0, openUntil: 0, error: undefined });
    },
    async failed(error) {
      // It looked in Odoo, and was answered.
      if (error instanceof OutcomePending && !error.sent) return breaker.succeeded();
      if (!(error instanceof OdooError || error instanceof OutcomePending)) return giveTurnBack();
      if (error instanceof OdooError && !TROUBLE.has(error.code)) return breaker.succeeded();
      const failures = ((await breakers.read(nameOf()))?.failures ?? 0) + 1;
      const openUntil = failures < PATIENCE ? 0 : Date.now() + backoff(failures - PATIENCE + 1);
      await breakers.write(nameOf(), { failures, openUntil, error: error.message });
    },
  };
  return breaker;
}
