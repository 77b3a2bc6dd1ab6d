/** A node that is not set up so that it could work; says which setting, and what to do. */
export class SettingsError extends Error {
  readonly code = 'settings';
  override readonly name = 'SettingsError';
}
