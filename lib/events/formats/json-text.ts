import { UnreadableEvent } from '../packet.ts';

const DEEPEST = 50;
const UTF8 = new TextDecoder('utf-8', { fatal: true });

/** The object that a payload holds as JSON. Throws UnreadableEvent for anything else, and for what no store could keep. */
export function objectOf(payload: Buffer): Record<string, unknown> {
  let text: string;
  try {
    text = UTF8.decode(payload);
  } catch {
    throw new UnreadableEvent('The payload is not text in UTF-8.');
  }
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw new UnreadableEvent(`The payload is not JSON: ${(error as Error).message}.`);
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw new UnreadableEvent('The payload is JSON, but no object.');
  check(value, '', 0);
  return value as Record<string, unknown>;
}

function check(value: unknown, path: string, depth: number): void {
  if (depth > DEEPEST) throw new UnreadableEvent(`The payload is nested over ${DEEPEST} deep.`);
  // JSON.parse makes an infinity of 1e400, which no store and no database can keep.
  if (typeof value === 'number' && !Number.isFinite(value)) throw new UnreadableEvent(`${path} is too large a number.`, path);
  if (typeof value === 'string' && value.includes('\0')) throw new UnreadableEvent(`${path} holds a NUL character.`, path);
  if (typeof value !== 'object' || value === null) return;
  for (const [name, inner] of Object.entries(value)) {
    if (name === '__proto__') throw new UnreadableEvent('The payload has a field called __proto__.', name);
    check(inner, path ? `${path}.${name}` : name, depth + 1);
  }
}
