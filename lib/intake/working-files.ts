import { mkdir, readdir, rename, rmdir, stat, utimes } from 'node:fs/promises';
import { join } from 'node:path';
import { v7 as uuidv7 } from 'uuid';

/** A file that was taken out of the inbox, into a directory of its own. */
export type WorkingFile = {
  /** Names this file however often it is taken up; the same file dropped again has another one. */
  readonly key: string;
  readonly name: string;
  readonly path: string;
};

const TOUCH_MILLISECONDS = 10_000;
/** A file that nobody has touched for so long was left by a process that is gone. */
const ABANDONED_MILLISECONDS = 30_000;
/** Another process was first, or has it open where that keeps a file from being renamed. */
const NOT_OURS: ReadonlySet<string | undefined> = new Set(['ENOENT', 'EPERM', 'EBUSY']);

/**
 * Files of an inbox in hand, under `working/<key>.<taker>/`. A rename is the lock between processes that look into the same
 * folder, also over a shared drive: of several that try it, one succeeds.
 */
export function workingFiles(folder: string) {
  const root = join(folder, 'working');
  const taker = uuidv7().slice(-12);
  const ours = (key: string) => join(root, `${key}.${taker}`);

  return {
    /** Takes a file out of the inbox; undefined where another process was first. */
    async take(name: string): Promise<WorkingFile | undefined> {
      const key = uuidv7();
      const path = join(ours(key), name);
      await mkdir(ours(key), { recursive: true });
      if (await moved(join(folder, name), path)) return { key, name, path };
      await rmdir(ours(key));
      return undefined;
    },

    /** Takes up the files that were given back, and those of processes that are gone. */
    async *left(): AsyncGenerator<WorkingFile> {
      for (const directory of await readdir(root).catch(() => [])) {
        const [key = '', owner] = directory.split('.');
        const path = join(root, directory);
        if (owner && !(await isAbandoned(path))) continue;
        if (directory !== `${key}.${taker}` && !(await moved(path, ours(key)))) continue;
        await touch(ours(key));
        const [name] = await readdir(ours(key));
        if (name === undefined) await rmdir(ours(key));
        else yield { key, name, path: join(ours(key), name) };
      }
    },

    /** Does the work, and shows other processes meanwhile that the file is in hand. When it fails, the file is given back. */
    async inHand<Result>({ key }: WorkingFile, work: () => Promise<Result>): Promise<Result> {
      const touching = setInterval(() => void touch(ours(key)), TOUCH_MILLISECONDS);
      try {
        return await work();
      } catch (error) {
        await moved(ours(key), join(root, key));
        throw error;
      } finally {
        clearInterval(touching);
      }
    },

    /** Moves the file to where it stays; false where another process has taken it up meanwhile, and does that. */
    async moveTo({ key, path }: WorkingFile, target: string): Promise<boolean> {
      if (!(await moved(path, target))) return false;
      await rmdir(ours(key)).catch(() => undefined);
      return true;
    },
  };
}

async function isAbandoned(directory: string): Promise<boolean> {
  const found = await stat(directory).catch(() => undefined);
  return found !== undefined && Date.now() - found.mtimeMs > ABANDONED_MILLISECONDS;
}

async function touch(directory: string): Promise<void> {
  const now = new Date();
  // Where that fails another process may take it up too; what both accept is one run.
  await utimes(directory, now, now).catch(() => undefined);
}

async function moved(from: string, to: string): Promise<boolean> {
  try {
    await rename(from, to);
    return true;
  } catch (error) {
    if (NOT_OURS.has((error as NodeJS.ErrnoException).code)) return false;
    throw error;
  }
}
