import { createReadStream } from 'node:fs';
import { mkdir, readdir, rename, stat, writeFile } from 'node:fs/promises';
import { basename, extname, join } from 'node:path';
import type { RunSummary } from '../store/summary.ts';
import { IntakeError } from './errors.ts';
import { type WorkingFile, workingFiles } from './working-files.ts';

/** What a folder asks of its node. */
export type FolderOptions = {
  readonly folder: string;
  readonly pollSeconds: number;
  /**
   * Accepts the file's content, once under its key; an IntakeError sends the file to `failed/`, any other error leaves it for
   * the next look.
   */
  readonly accept: (stream: ReturnType<typeof createReadStream>, file: string, key: string) => Promise<RunSummary>;
  /** How the run stands now. */
  readonly summary: (run: string) => Promise<RunSummary | undefined>;
  readonly onTrouble: (error: Error) => void;
  /** A look went well. */
  readonly onLooked?: () => void;
};

const OPEN_STATES: ReadonlySet<string> = new Set(['received', 'awaiting-approval', 'applying']);
const CONTENT_TYPES: Readonly<Record<string, string>> = {
  '.csv': 'text/csv',
  '.tsv': 'text/csv',
  '.txt': 'text/plain',
  '.json': 'application/json',
  '.ndjson': 'application/x-ndjson',
};

/** The content type that a file's name tells. */
export function contentTypeOf(file: string): string {
  return CONTENT_TYPES[extname(file).toLowerCase()] ?? '';
}

/**
 * Looks into a folder at an interval. A file that has not changed since the last look is moved to `working/`, taken in, and
 * moved to `done/` once it is on disk, or to `failed/`; beside it stands a report that is written again when its run has
 * ended. Several processes may look into one folder: each file is taken by one, and one that a process left when it ended
 * is taken up by the next look of any. Returns what stops it, after the look under way.
 */
export function watchFolder(options: FolderOptions): () => Promise<void> {
  const { folder, pollSeconds, onTrouble } = options;
  const working = workingFiles(folder);
  const seen = new Map<string, string>();
  const reports = new Map<string, string>();
  let stopped = false;
  let timer: NodeJS.Timeout | undefined;

  const look = async (): Promise<void> => {
    await mkdir(folder, { recursive: true });
    for await (const file of working.left()) {
      await takeIn(file);
      if (stopped) return;
    }
    for (const entry of await readdir(folder, { withFileTypes: true })) {
      if (stopped || !entry.isFile() || /^\.|\.tmp$|\.part$|\.report\.json$/.test(entry.name)) continue;
      const found = await stat(join(folder, entry.name)).catch(() => undefined);
      const mark = `${found?.size}/${found?.mtimeMs}`;
      // Still being written, as far as one can tell: take it when it is the same at the next look.
      if (seen.get(entry.name) !== mark) seen.set(entry.name, mark);
      else {
        seen.delete(entry.name);
        const file = await working.take(entry.name);
        if (file) await takeIn(file);
      }
    }
    for (const [report, run] of reports) {
      const summary = await options.summary(run);
      if (summary && OPEN_STATES.has(summary.state)) continue;
      if (summary) await writeReport(report, summary);
      reports.delete(report);
    }
  };

  const takeIn = (file: WorkingFile): Promise<void> =>
    working.inHand(file, async () => {
      try {
        const summary = await options.accept(createReadStream(file.path), file.name, file.key);
        const report = await moveTo('done', file);
        if (!report) return;
        await writeReport(report, summary);
        reports.set(report, summary.run);
      } catch (error) {
        if (!(error instanceof IntakeError)) throw error;
        const report = await moveTo('failed', file);
        if (report) await writeReport(report, { state: 'refused', error: error.message, ...error.details });
      }
    });

  /** Moves a file and gives the path of its report, where it was still ours. A name that is there already gets the time added. */
  const moveTo = async (sub: 'done' | 'failed', file: WorkingFile): Promise<string | undefined> => {
    const { name } = file;
    const target = join(folder, sub);
    await mkdir(target, { recursive: true });
    const taken = (await readdir(target)).includes(name);
    const stamp = new Date().toISOString().replace(/[:.]/g, '-');
    const kept = taken ? `${basename(name, extname(name))}.${stamp}${extname(name)}` : name;
    return (await working.moveTo(file, join(target, kept))) ? join(target, `${kept}.report.json`) : undefined;
  };

  const round = async (): Promise<void> => {
    await look().then(options.onLooked, onTrouble);
    if (!stopped) timer = setTimeout(begin, pollSeconds * 1000);
  };
  let current: Promise<void>;
  const begin = () => {
    current = round();
  };
  begin();
  return async () => {
    stopped = true;
    clearTimeout(timer);
    await current;
  };
}

async function writeReport(path: string, report: unknown): Promise<void> {
  await writeFile(`${path}.tmp`, `${JSON.stringify(report, undefined, 2)}\n`);
  await rename(`${path}.tmp`, path);
}
