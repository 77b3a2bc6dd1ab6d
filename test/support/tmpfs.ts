import { execFileSync } from 'node:child_process';
import { closeSync, mkdtempSync, openSync, rmSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A file system of a few megabytes that can be filled up. */
export type SmallDisk = {
  readonly folder: string;
  /** Takes all the room that is left on it. */
  fill(): void;
  /** Gives the room back. */
  free(): void;
  close(): void;
};

/** Throws where this user may not mount. */
export function mountSmallDisk(megabytes: number): SmallDisk {
  const folder = mkdtempSync(join(tmpdir(), 'planbridge-disk-'));
  const run = (command: string, ...args: string[]) => execFileSync(command, args, { stdio: 'ignore' });
  try {
    run('mount', '-t', 'tmpfs', '-o', `size=${megabytes}m`, 'tmpfs', folder);
  } catch (error) {
    rmSync(folder, { recursive: true });
    throw error;
  }
  const filler = join(folder, 'filler');
  return {
    folder,
    fill() {
      const file = openSync(filler, 'a');
      try {
        for (;;) writeSync(file, Buffer.alloc(4096));
      } catch (error) {
        if ((error as { code?: string }).code !== 'ENOSPC') throw error;
      } finally {
        closeSync(file);
      }
    },
    free: () => rmSync(filler, { force: true }),
    close() {
      // Lazily, for a process that was killed may not have let go of it yet.
      run('umount', '-l', folder);
      rmSync(folder, { recursive: true });
    },
  };
}

/** Whether small disks can be mounted here. */
export function canMountDisks(): boolean {
  try {
    mountSmallDisk(1).close();
    return true;
  } catch {
    return false;
  }
}
