import { type Emitter, type EmitterOptions, startEmitter } from '../../lib/node/emitter.ts';
import { nextVersion, type VersionEmissionOptions, type VersionPart } from '../../lib/release/emission.ts';

export type VersionEmitterOptions = Omit<EmitterOptions, 'next' | 'mostInFlow'> &
  Pick<VersionEmissionOptions, 'everything' | 'zeroGone'> & {
    readonly day: () => string;
    readonly emit: (part: VersionPart) => void;
  };

/** One version after the other: what the later one changes depends on what the earlier one wrote. */
const MOST_IN_FLOW = 1;

/** Sends versions into the flow, part by part: approved ones to be written, waiting ones to be tried. */
export function startVersionEmitter({ emit, day, everything, zeroGone, ...options }: VersionEmitterOptions): Emitter {
  return startEmitter({
    ...options,
    mostInFlow: MOST_IN_FLOW,
    next: async (store, claiming) => {
      const emitted = await nextVersion(store, { ...claiming, day: day(), everything, zeroGone });
      if (!emitted) return undefined;
      const { lease, version, parts } = emitted;
      return {
        lease,
        async *messages() {
          for await (const part of parts()) yield () => emit(part);
        },
        why: async () => (version.run ? (await store.runs.summary(version.run))?.error : undefined),
      };
    },
  });
}
