import { TOLD_REASONS } from '../../lib/forecast/watch/notices.ts';
import type { Desk } from '../../lib/store/desk/desk.ts';

const MOST = 500;

/** Resolves what was told of an interface's forecasts: one of them is released. `who` says so, as the audit names it. */
export async function settle(desk: Desk, name: string, version: string, who: string): Promise<void> {
  for (const reason of TOLD_REASONS) {
    const cause = `${reason}:${name}`;
    for (const { id, fingerprint } of await desk.list({ reason }, MOST))
      if (fingerprint === cause || fingerprint.startsWith(`${cause}|`))
        await desk.resolve(id, { who, comment: `Version ${version} is released.` });
  }
}
