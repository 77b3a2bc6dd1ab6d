/** A node that is not set up so that it could work; says which setting, and what to do. */
export class SettingsError extends Error {
  readonly code = 'settings';
  override readonly name = 'SettingsError';
}

/**
 * A message that a node cannot take.
 * - `payload`   it carries no records
 * - `sequence`  it belongs to a run whose first parts this node has not seen
 */
export class MessageError extends Error {
  readonly code: 'payload' | 'sequence';
  override readonly name = 'MessageError';

  constructor(code: MessageError['code'], message: string) {
    super(message);
    this.code = code;
  }
}
