import type { SelectQueryBuilder } from 'kysely';
import { chunks } from './context.ts';
import type { Tables } from './schema.ts';

/**
 * A query of exceptions for those of some fingerprints, each of them once: the same for as many as a statement may name, for
 * each goes through all of a run's exceptions. The query as it is where no fingerprints are given.
 */
export function* ofFingerprints<Output>(
  query: SelectQueryBuilder<Tables, 'exceptions', Output>,
  fingerprints: readonly string[] | undefined,
): Generator<SelectQueryBuilder<Tables, 'exceptions', Output>> {
  if (!fingerprints) return yield query;
  const rows = [...new Set(fingerprints)].map((fingerprint) => ({ fingerprint }));
  for (const some of chunks(rows, Number.POSITIVE_INFINITY))
    yield query.where(
      'fingerprint',
      'in',
      some.map(({ fingerprint }) => fingerprint),
    );
}
