import type { Desk } from '../store/desk/desk.ts';
import type { Mended, RunRedriven } from '../store/desk/mendable.ts';
import type { MasterData } from './master-data.ts';
import { MENDABLE, mendedNow } from './mended.ts';
import { type Mappers, mappedNow } from './mended-mapping.ts';
import { openRun } from './run.ts';

export type Look = {
  readonly desk: Pick<Desk, 'mendable' | 'redriveMended'>;
  /** Read afresh: what was read before may be what has been mended since. */
  readonly master: MasterData;
  /** The deployed mappings, for what they did not take. */
  readonly mappers: Mappers;
  /** The plant's time zone, such as `Europe/Berlin`. */
  readonly zone: string;
  /** Who looks, as the audit names it. */
  readonly who: string;
  /** Only exceptions of this interface; blank = of every one. */
  readonly interface: string;
  /** Called before lines are given again. */
  readonly onMended: () => void;
};

/** What a look came to: how many exceptions were looked at, which are mended, and which runs' lines were given again. */
export type Looked = {
  readonly looked: number;
  readonly mended: readonly Mended[];
  readonly runs: readonly RunRedriven[];
};

/**
 * Looks up in Odoo, in bulk, whether the causes of open exceptions are mended, by the rules that held their lines, and in
 * the deployed mappings, whether they take what they did not; gives the lines of those that are to the flow again, and resolves them by the name of what was mended.
 * @throws OdooError where Odoo cannot be asked; StoreError
 */
export async function lookForMended({ desk, master, mappers, zone, who, interface: name, onMended }: Look): Promise<Looked> {
  const run = openRun({ zone });
  const mended: Mended[] = [];
  let looked = 0;
  for await (const causes of desk.mendable([...MENDABLE, 'UNMAPPED'], name)) {
    const unmapped = causes.filter(({ reason }) => reason === 'UNMAPPED');
    for (const { id, fingerprint } of await mappedNow(unmapped, mappers))
      mended.push({
        id,
        fingerprint,
        words: `Mapping entry added: ${fingerprint.replace('UNMAPPED:', '').replaceAll('|', ' ')}`,
      });
    const view = await master.load(
      causes.filter(({ reason }) => reason !== 'UNMAPPED').flatMap(({ records }) => records),
      run.today,
    );
    looked += causes.length;
    for (const { id, fingerprint, reason, records } of causes) {
      const words = mendedNow(reason, records, run, view);
      if (words) mended.push({ id, fingerprint, words });
    }
  }
  if (mended.length === 0) return { looked, mended, runs: [] };
  onMended();
  return { looked, mended, runs: await desk.redriveMended(mended, who, name) };
}
