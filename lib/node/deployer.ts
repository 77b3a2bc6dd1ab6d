import type { NodeAPI } from 'node-red';

type AuditMessage = {
  readonly level: number;
  readonly event?: string;
  readonly error?: unknown;
  readonly user?: { readonly username?: string };
};
type Log = {
  readonly AUDIT: number;
  addHandler(handler: object): void;
  removeHandler(handler: object): void;
};

/** What the admin API tells its audit when somebody changes the flows. */
const DEPLOYS = new Set(['flows.set', 'flow.add', 'flow.update', 'flow.remove']);

/** Who deployed last in this process, and when (ms since 1970). Node-RED tells nobody but its log. */
let last: { readonly who: string; readonly at: number } | undefined;

/** Hears of each deployment; one for the process. */
const listener = {
  AUDIT: 98,
  emit(_: string, { level, event = '', error, user }: AuditMessage): void {
    if (level !== listener.AUDIT || error !== undefined || !DEPLOYS.has(event)) return;
    last = { who: user ? (user.username ?? 'anonymous') : 'editor', at: Date.now() };
  },
};

/** Follows Node-RED's audit log, where it names who uses the admin API; called before the first flow is deployed. */
export function followDeployers(RED: NodeAPI): void {
  const log = RED.log as unknown as Log;
  listener.AUDIT = log.AUDIT;
  log.removeHandler(listener);
  log.addHandler(listener);
}

/**
 * Who deployed since then: a login; `editor` where Node-RED asks for none; `node-red` where nobody did, and the flows came
 * otherwise: with a start, or from a project.
 */
export function deployerSince(since: number): string {
  return last && last.at >= since ? last.who : 'node-red';
}
