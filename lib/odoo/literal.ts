import { OdooError } from './errors.ts';

/** Words of JSON and of Python alike. */
const WORDS: ReadonlyMap<string, unknown> = new Map<string, unknown>([
  ['true', true],
  ['false', false],
  ['null', null],
  ['True', true],
  ['False', false],
  ['None', false],
]);

const TOKEN =
  /\s*(?:(?<bracket>[[\](),:{}])|(?<text>"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*')|(?<number>-?\d+(?:\.\d+)?(?:[eE][-+]?\d+)?)|(?<word>[A-Za-z_]\w*))/sy;

const CLOSING: Readonly<Record<string, string>> = { '[': ']', '(': ')', '{': '}' };

/**
 * Reads a value written as JSON or as Python literals: lists, tuples, dictionaries, texts in either quotes, numbers, words.
 * Names and expressions are refused. `what` names the value in the error, an OdooError `validation` with the position.
 */
export function parseLiteral(source: string, what: string): unknown {
  const tokens: { kind: string; text: string; at: number }[] = [];
  for (let at = 0; at < source.trimEnd().length; at = TOKEN.lastIndex) {
    TOKEN.lastIndex = at;
    const found = TOKEN.exec(source);
    const [kind, text] = Object.entries(found?.groups ?? {}).find(([, value]) => value !== undefined) ?? [];
    if (!kind || text === undefined) throw wrong(`${JSON.stringify(source.slice(at).trim().slice(0, 12))} is not understood`, at);
    tokens.push({ kind, text, at });
  }

  let next = 0;
  const take = () => {
    const token = tokens[next++];
    if (!token) throw wrong('it ends too early', source.length);
    return token;
  };
  const value = (): unknown => {
    const token = take();
    if (token.kind === 'number') return Number(token.text);
    if (token.kind === 'text') return unquoted(token.text);
    if (token.kind === 'word' && WORDS.has(token.text)) return WORDS.get(token.text);
    const closing = CLOSING[token.text];
    if (!closing) throw wrong(`${token.text} is not a value`, token.at);
    return token.text === '{' ? Object.fromEntries(items(closing, pair)) : items(closing, value);
  };
  const pair = (): [string, unknown] => {
    const key = value();
    const colon = take();
    if (colon.text !== ':') throw wrong(`a : is missing before ${colon.text}`, colon.at);
    return [String(key), value()];
  };
  const items = <T>(closing: string, item: () => T): T[] => {
    const list: T[] = [];
    while (tokens[next]?.text !== closing) {
      list.push(item());
      if (tokens[next]?.text === ',') next++;
      else if (tokens[next]?.text !== closing) throw wrong(`a , or ${closing} is missing`, tokens[next]?.at ?? source.length);
    }
    next++;
    return list;
  };

  const result = value();
  const rest = tokens[next];
  if (rest) throw wrong(`${rest.text} stands after its end`, rest.at);
  return result;

  function wrong(problem: string, at: number): OdooError {
    return new OdooError('validation', `The ${what} cannot be understood: ${problem}, at character ${at + 1}.`);
  }
}

function unquoted(text: string): string {
  if (text.startsWith('"')) {
    try {
      return JSON.parse(text) as string;
    } catch {
      // A Python text in double quotes may hold escapes that JSON does not know.
    }
  }
  const escapes: Readonly<Record<string, string>> = { n: '\n', t: '\t', r: '\r' };
  return text
    .slice(1, -1)
    .replace(/\\(?:u([0-9a-fA-F]{4})|x([0-9a-fA-F]{2})|(.))/gs, (_, wide?: string, narrow?: string, escaped = '') =>
      wide || narrow ? String.fromCharCode(Number.parseInt(wide ?? narrow ?? '', 16)) : (escapes[escaped] ?? escaped),
    );
}
