/**
 * What a mapping can be wrong about.
 *
 * - `invalid`         not JSON, or not shaped as a mapping is
 * - `field`           a field or path that the record does not have, or that may not be named
 * - `transform`       no such transform, or options that it does not take
 * - `not-invertible`  a step that cannot be run backwards
 * - `target`          the system that the records go to lacks a field that the mapping needs
 * - `lookups`         a look-up in Odoo and no server to look in
 * - `preset`          no preset of that name
 */
export const MAPPING_ERROR_CODES = ['invalid', 'field', 'transform', 'not-invertible', 'target', 'lookups', 'preset'] as const;
export type MappingErrorCode = (typeof MAPPING_ERROR_CODES)[number];

/** One fault of a mapping and where it is, such as `rows[2].transforms[0]`. */
export type MappingIssue = { readonly code: MappingErrorCode; readonly at: string; readonly message: string };

/** A mapping that cannot be used; `issues` holds every fault found, `message` all of them, one a line. */
export class MappingError extends Error {
  readonly code: MappingErrorCode;
  readonly issues: readonly MappingIssue[];

  constructor(mapping: string, issues: readonly MappingIssue[]) {
    super(`${mapping} cannot be used.\n${issues.map(({ at, message }) => `${at ? `${at}: ` : ''}${message}`).join('\n')}`);
    this.name = 'MappingError';
    this.code = issues[0]?.code ?? 'invalid';
    this.issues = issues;
  }
}
