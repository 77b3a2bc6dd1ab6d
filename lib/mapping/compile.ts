import type { MappingEngine } from './engine.ts';
import { MappingError } from './errors.ts';

/**
 * Checks a mapping and makes it ready to run.
 * @param source the mapping as JSON text or as an object
 * @throws MappingError with every fault and where it is, such as `rows[2].transforms[0]: there is no transform "trimm"`
 */
export function compileMapping(source: unknown): MappingEngine {
  throw new MappingError(String(source), [{ code: 'invalid', at: '', message: 'not there yet' }]);
}
