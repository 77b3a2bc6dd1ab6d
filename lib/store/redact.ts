const SECRET_KEY = /pass(word|wd|phrase)?$|^pwd$|api[-_ ]?key|private[-_ ]?key|token|secret|authorization|credential|cookie/i;
/** `user:password@` of an address; the password may hold an `@` itself. */
const SECRET_IN_URL = /(\b[a-z][a-z0-9+.-]*:\/\/[^\s:/@]*):[^\s/]+@/gi;
const SECRET_IN_QUERY = /([?&](?:api[-_]?key|password|passwd|pwd|secret|[a-z_]*token)=)[^&\s#]+/gi;
const BEARER = /\b(bearer)\s+[\w.~+/=-]{8,}/gi;
/** RFC 7617: user and password with a colon between, in base64. */
const BASIC = /\b(basic)\s+([\w+/-]{4,}={0,2})/gi;
const HIDDEN = '•••';
/**
 * `password: x`, `token=x`, `"secret":"x"`, also within JSON that is a text of JSON (`\"secret\":\"x\"`). A value without
 * quotes ends where the next blank is, or where JSON would go on.
 */
const NAME = `(?:password|passwd|passphrase|(?<=["'])pass|pwd|secret(?:[-_ ]?key)?|token|api[-_ ]?key|private[-_ ]?key|authorization)`;
const QUOTED = String.raw`"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'|(?<quote>\\+["']).{0,2000}?\k<quote>`;
const DONE = String.raw`(?!\\*["']?(?:(?:basic|bearer)\s+)?${HIDDEN})`;
const NAMED = new RegExp(
  String.raw`(?<name>${NAME}(?:(?<closed>\\*["'])\s*:|\s*[:=])\s*)${DONE}(?:(?<quoted>${QUOTED})|(?<bare>\S+))`,
  'gi',
);
/** What every text with a secret in it has: most texts are done with by this look alone. */
const SUSPECT = /:\/\/|bearer|basic|pass|pwd|token|secret|api[-_ ]?key|private[-_ ]?key|authorization/i;

/** The value without secrets: fields that are named like one, and what addresses, headers and texts carry. */
export function redact(value: unknown): unknown {
  if (typeof value === 'string') return redactText(value);
  if (Array.isArray(value)) return value.map(redact);
  if (value === null || typeof value !== 'object') return value;
  if ('toJSON' in value && typeof value.toJSON === 'function') return redact(value.toJSON());
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, SECRET_KEY.test(key) ? HIDDEN : redact(inner)]));
}

/** The text without the passwords, keys and tokens of addresses, headers, JSON, and of what names them. */
export function redactText(text: string): string {
  if (!SUSPECT.test(text)) return text;
  return text
    .replace(SECRET_IN_URL, `$1:${HIDDEN}@`)
    .replace(SECRET_IN_QUERY, `$1${HIDDEN}`)
    .replace(BEARER, `$1 ${HIDDEN}`)
    .replace(BASIC, (all: string, scheme: string, encoded: string) => (isUserAndPassword(encoded) ? `${scheme} ${HIDDEN}` : all))
    .replace(NAMED, (_, ...matched) => hidden(matched.at(-1) as Record<string, string | undefined>));
}

/** Whether it is no word that happens to follow "basic". */
function isUserAndPassword(encoded: string): boolean {
  return /^[^\p{Cc}\ufffd]*:[^\p{Cc}\ufffd]*$/u.test(Buffer.from(encoded, 'base64').toString());
}

function hidden({ name = '', closed, quoted, bare = '' }: Record<string, string | undefined>): string {
  if (quoted) {
    const [quote = ''] = /^\\*["']/.exec(quoted) ?? [];
    return `${name}${quote}${HIDDEN}${quote}`;
  }
  return `${name}${HIDDEN}${closed ? bare.slice(bare.search(/[,}\]]|$/)) : ''}`;
}
