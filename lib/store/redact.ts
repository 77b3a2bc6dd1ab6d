const SECRET_KEY = /pass(word|wd|phrase)?$|^pwd$|api[-_ ]?key|token|secret|authorization|credential|cookie/i;
/** `user:password@` of an address; the password may hold an `@` itself. */
const SECRET_IN_URL = /(\b[a-z][a-z0-9+.-]*:\/\/[^\s:/@]*):[^\s/]+@/gi;
const SECRET_IN_QUERY = /([?&](?:api[-_]?key|password|passwd|pwd|secret|[a-z_]*token)=)[^&\s#]+/gi;
const BEARER = /\b(bearer)\s+[\w.~+/=-]{8,}/gi;
/** What every text with a secret in it has: most texts are done with by this look alone. */
const SUSPECT = /:\/\/|=|bearer/i;
const HIDDEN = '•••';

/** The value without secrets: fields that are named like one, and what addresses and headers carry. */
export function redact(value: unknown): unknown {
  if (typeof value === 'string') return redactText(value);
  if (Array.isArray(value)) return value.map(redact);
  if (value === null || typeof value !== 'object') return value;
  if ('toJSON' in value && typeof value.toJSON === 'function') return redact(value.toJSON());
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, SECRET_KEY.test(key) ? HIDDEN : redact(inner)]));
}

/** The text without the passwords, keys and tokens of addresses and headers. */
export function redactText(text: string): string {
  if (!SUSPECT.test(text)) return text;
  return text.replace(SECRET_IN_URL, `$1:${HIDDEN}@`).replace(SECRET_IN_QUERY, `$1${HIDDEN}`).replace(BEARER, `$1 ${HIDDEN}`);
}
