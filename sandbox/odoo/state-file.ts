import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import type { Row, Store } from './store.ts';

type State = { version: number; counters: Record<string, number>; tables: Record<string, Row[]> };

const DELAY = 500;

/** Puts a saved state back. False where there is none, or it is of another version of Odoo. */
export function restore(store: Store, file: string, version: number): boolean {
  if (!existsSync(file)) return false;
  const state = JSON.parse(readFileSync(file, 'utf8')) as State;
  if (state.version !== version) return false;
  for (const [model, rows] of Object.entries(state.tables)) for (const row of rows) store.put(model, row);
  for (const [counter, value] of Object.entries(state.counters)) store.counters.set(counter, value);
  return true;
}

/** Saves the state half a second after a change, and once more when it is flushed. Each save replaces the file whole. */
export function keepState(store: Store, file: string, version: number): { flush(): void } {
  let timer: NodeJS.Timeout | undefined;
  const save = () => {
    clearTimeout(timer);
    timer = undefined;
    const state: State = {
      version,
      counters: Object.fromEntries(store.counters),
      tables: Object.fromEntries([...store.tables].map(([model, table]) => [model, [...table.rows.values()]])),
    };
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(`${file}.new`, JSON.stringify(state), { flush: true });
    renameSync(`${file}.new`, file);
  };
  store.onCommit(() => {
    timer ??= setTimeout(save, DELAY);
  });
  return { flush: save };
}
