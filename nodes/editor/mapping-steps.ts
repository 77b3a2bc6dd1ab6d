/**
 * How one option of a transform is filled in. `pairs` are `old = new` with commas, `list` is names with commas, `scalar` a
 * number or else text, `otherwise` is `refuse`, `keep`, or `= value`; `json` is written as it is.
 */
export type Parameter = {
  readonly name: string;
  readonly kind: 'text' | 'number' | 'scalar' | 'flag' | 'list' | 'pairs' | 'choice' | 'otherwise' | 'json' | 'model' | 'field';
  readonly choices?: readonly string[];
};

const text = (name: string): Parameter => ({ name, kind: 'text' });
const number = (name: string): Parameter => ({ name, kind: 'number' });
const list = (name: string): Parameter => ({ name, kind: 'list' });
const choice = (name: string, ...choices: readonly string[]): Parameter => ({ name, kind: 'choice', choices });
const signs = [choice('decimal', '.', ',', 'auto'), choice('thousands', '.', ',', ' ', "'")];

/** The transforms and their options, in the order that the form offers them. */
export const TRANSFORMS: Readonly<Record<string, readonly Parameter[]>> = {
  trim: [],
  upper: [],
  lower: [],
  number: [...signs, number('decimals'), choice('as', 'text', 'number')],
  period: [
    text('format'),
    choice('as', 'day', 'week', 'month'),
    text('zone'),
    { name: 'until', kind: 'json' },
    { name: 'duration', kind: 'json' },
    { name: 'index', kind: 'json' },
    text('write'),
    text('locale'),
  ],
  date: [text('format'), text('write'), text('zone'), text('writeZone'), text('locale')],
  table: [
    { name: 'values', kind: 'pairs' },
    { name: 'otherwise', kind: 'otherwise' },
  ],
  unit: [{ name: 'factor', kind: 'scalar' }, text('column'), { name: 'factors', kind: 'pairs' }],
  odoo: [
    { name: 'model', kind: 'model' },
    { name: 'by', kind: 'field' },
    { name: 'take', kind: 'field' },
    choice('unknown', 'refuse', 'omit'),
    { name: 'domain', kind: 'json' },
  ],
  route: [text('warehouse')],
  plus: [list('columns'), ...signs],
  join: [list('columns'), text('by')],
  split: [text('by'), number('take')],
  substring: [number('start'), number('length')],
  replace: [text('find'), text('with')],
  strip: [text('with'), choice('side', 'start', 'end'), number('length'), { name: 'digitsOnly', kind: 'flag' }],
  pad: [number('length'), text('with'), choice('side', 'start', 'end')],
  numeral: [choice('decimal', '.', ','), choice('thousands', '.', ',', ' ', "'"), number('decimals')],
};

/** A transform with its options. */
export type Step = { readonly name: string; readonly options: Readonly<Record<string, unknown>> };

/** A step as a mapping writes it: its name alone, or an object with one name. */
export function stepOf(written: unknown): Step {
  if (typeof written === 'string') return { name: written, options: {} };
  const [name = '', options = {}] = Object.entries((written ?? {}) as object)[0] ?? [];
  return { name, options: typeof options === 'object' && options !== null ? (options as Step['options']) : {} };
}

/** The step as short as a mapping can write it. */
export function writtenStep({ name, options }: Step): unknown {
  return Object.keys(options).length === 0 ? name : { [name]: options };
}

/** The step in a few words: `number (auto)`. */
export function shortStep({ name, options }: Step): string {
  const said = Object.values(options).map((value) => (typeof value === 'object' ? '…' : String(value)));
  return said.length === 0 ? name : `${name} (${said.join(', ')})`;
}

/** An option's value as the form shows it. */
export function shownOption({ kind }: Parameter, value: unknown): string {
  if (value === undefined || value === null) return '';
  if (kind === 'list' && isPlainList(value)) return value.join(', ');
  if (kind === 'pairs' && isPlainPairs(value))
    return Object.entries(value)
      .map(([old, made]) => `${old} = ${String(made)}`)
      .join(', ');
  if (kind === 'otherwise' && typeof value === 'object') return `= ${String((value as { value?: unknown }).value)}`;
  return typeof value === 'object' ? JSON.stringify(value) : String(value);
}

/** What was filled in as the option's value; undefined for nothing. Throws an Error in words where it cannot be read. */
export function readOption({ kind, name }: Parameter, shown: string): unknown {
  // White space may be what a text is made of: a separator, a filler.
  if (shown === '' || (kind !== 'text' && kind !== 'choice' && shown.trim() === '')) return undefined;
  if (kind === 'number') {
    const read = Number(shown);
    if (!Number.isFinite(read)) throw new Error(`${name}: ${shown} is not a number`);
    return read;
  }
  if (kind === 'scalar') return scalar(shown);
  if (kind === 'flag') return shown === 'true' || undefined;
  if (kind === 'otherwise') return shown.trim().startsWith('=') ? { value: scalar(shown.trim().slice(1)) } : shown.trim();
  if (kind === 'json' || ((kind === 'list' || kind === 'pairs') && /^\s*[[{]/.test(shown))) return parsed(name, shown);
  if (kind === 'list') return shown.split(',').map((item) => item.trim());
  if (kind === 'pairs') return Object.fromEntries(shown.split(',').map((pair) => pairOf(name, pair)));
  return kind === 'text' || kind === 'choice' ? shown : shown.trim();
}

function pairOf(name: string, pair: string): [string, unknown] {
  const at = pair.indexOf('=');
  if (at < 0) throw new Error(`${name}: "${pair.trim()}" lacks a =, as in old = new`);
  return [pair.slice(0, at).trim(), scalar(pair.slice(at + 1))];
}

function scalar(text: string): string | number | boolean {
  const trimmed = text.trim();
  if (trimmed === 'true' || trimmed === 'false') return trimmed === 'true';
  // Only what reads back as it is written: a code such as 007 stays text.
  return trimmed !== '' && String(Number(trimmed)) === trimmed ? Number(trimmed) : trimmed;
}

function parsed(name: string, text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new Error(`${name}: ${(error as Error).message}`);
  }
}

/** Whether the value reads back the same from names or pairs with commas. */
const isPlain = (value: unknown, marks: RegExp) =>
  typeof value === 'string' && value !== '' && value === value.trim() && !marks.test(value);
const isPlainList = (value: unknown): value is string[] =>
  Array.isArray(value) && value.every((item) => isPlain(item, /,|^[[{]/));
const isPlainPairs = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' &&
  value !== null &&
  !Array.isArray(value) &&
  Object.keys(value).every((key) => isPlain(key, /[,=]|^[[{]/)) &&
  Object.values(value).every(
    (made) => String(scalar(String(made))) === String(made) && scalar(String(made)) === made && !String(made).includes(','),
  );
