const SECRET_KEY = /pass(word|wd|phrase)?$|api_?key|token|secret|authorization|credential/i;
const SECRET_IN_URL = /(\b[a-z][a-z0-9+.-]*:\/\/[^\s:/@]*):[^\s@/]+@/gi;
const HIDDEN = '•••';

/** The value without secrets: fields that are named like one, and passwords within addresses. */
export function redact(value: unknown): unknown {
  if (typeof value === 'string') return value.replace(SECRET_IN_URL, `$1:${HIDDEN}@`);
  if (Array.isArray(value)) return value.map(redact);
  if (value === null || typeof value !== 'object') return value;
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, SECRET_KEY.test(key) ? HIDDEN : redact(inner)]));
}
