import { OdooError, type OdooErrorCode } from '../odoo/errors.ts';
import type { BreakerRow } from '../store/breakers.ts';
import type { Store } from '../store/open.ts';
import { backoff } from './backoff.ts';

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
  /** Takes note of a failure; what is no fault of the server's shows that it answers. */
  failed(error: unknown): Promise<void>;
};

/** The breaker of a server, shared by all that use the store. `nameOf` gives its address and database. */
export function breakerOf({ breakers }: Pick<Store, 'breakers'>, nameOf: () => string): Breaker {
  const breaker: Breaker = {
    async wait() {
      const row = await breakers.read(nameOf());
      if (!row || row.failures < PATIENCE) return 0;
      const left = row.openUntil - Date.now();
      if (left > 0) return left;
      return (await breakers.takeTurn(nameOf(), row, Date.now() + PROBE_MILLISECONDS)) ? 0 : 1_000;
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
      if (!(error instanceof OdooError)) return;
      if (!TROUBLE.has(error.code)) return breaker.succeeded();
      const failures = ((await breakers.read(nameOf()))?.failures ?? 0) + 1;
      const openUntil = failures < PATIENCE ? 0 : Date.now() + backoff(failures - PATIENCE + 1);
      await breakers.write(nameOf(), { failures, openUntil, error: error.message });
    },
  };
  return breaker;
}
