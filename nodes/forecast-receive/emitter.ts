import { nextRun, type RunPart } from '../../lib/intake/emission.ts';
import { type Emitter, type EmitterOptions, startEmitter } from '../../lib/node/emitter.ts';

export type RunEmitterOptions = Omit<EmitterOptions, 'next' | 'mostInFlow'> & { readonly emit: (part: RunPart) => void };

const MOST_IN_FLOW = 4;

/** Sends accepted runs into the flow, part by part. */
export function startRunEmitter({ emit, ...options }: RunEmitterOptions): Emitter {
  return startEmitter({
    ...options,
    mostInFlow: MOST_IN_FLOW,
    next: async (store, claiming) => {
      const emitted = await nextRun(store, claiming);
      if (!emitted) return undefined;
      const { run, lease, parts } = emitted;
      return {
        lease,
        async *messages() {
          for await (const part of parts()) yield () => emit(part);
        },
        // Totals that do not add up say more than that it stood still.
        why: async () => (await store.runs.summary(run))?.error ?? undefined,
      };
    },
  });
}
