import { OdooError, type OdooErrorCode } from './errors.ts';

/** Refusals that are about what was sent, so that sending less of it can help. The rest is about the server or the way to it. */
const ABOUT_A_RECORD: ReadonlySet<OdooErrorCode> = new Set(['validation', 'redirect', 'access', 'not-found']);

/**
 * Sends a batch; when Odoo refuses it, sends its halves, and so on, so that one bad record costs only itself (about
 * 2·log2(n) calls). Odoo rolls a refused call back whole. Other faults are thrown as they come.
 *
 * @param send takes a batch and gives a result for each item, in order
 * @param concernsAll whether a refusal would meet every record alike; then it is thrown, instead of asking for each
 * @returns a result or the refusal for each item, in order
 */
export async function bisect<Item, Result>(
  items: readonly Item[],
  send: (items: readonly Item[]) => Promise<readonly Result[]>,
  concernsAll: (error: OdooError) => Promise<boolean>,
): Promise<(Result | OdooError)[]> {
  if (items.length === 0) return [];
  try {
    return [...(await send(items))];
  } catch (error) {
    if (!(error instanceof OdooError) || !ABOUT_A_RECORD.has(error.code) || (await concernsAll(error))) throw error;
    if (items.length === 1) return [error];
    const middle = Math.ceil(items.length / 2);
    const left = await bisect(items.slice(0, middle), send, concernsAll);
    return [...left, ...(await bisect(items.slice(middle), send, concernsAll))];
  }
}

/** The list in slices of at most `size`, each with the place where it begins. */
export function* slices<Item>(
  items: readonly Item[],
  size: number,
): Generator<{ readonly at: number; readonly items: readonly Item[] }> {
  for (let at = 0; at < items.length; at += size) yield { at, items: items.slice(at, at + size) };
}
