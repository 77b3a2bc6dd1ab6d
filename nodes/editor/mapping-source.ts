/** A row of a mapping as a person writes it. */
export type Row = {
  readonly to?: unknown;
  readonly from?: unknown;
  readonly constant?: unknown;
  readonly transforms?: readonly unknown[];
  readonly required?: boolean;
  readonly default?: unknown;
  readonly ifEmpty?: boolean;
};

/** A mapping as a person writes it; what the form does not show is kept as it is. */
export type MappingSource = { readonly rows: readonly Row[] } & Readonly<Record<string, unknown>>;

/** A new mapping to begin with. */
const BLANK: MappingSource = { id: 'my-mapping', version: 1, from: 'planner', to: 'forecast-line', rows: [] };

/** Reads a mapping's JSON, blank for a new one. Throws an Error in words for what is none. */
export function readMapping(text: string): MappingSource {
  if (text.trim() === '') return BLANK;
  let mapping: unknown;
  try {
    mapping = JSON.parse(text);
  } catch (error) {
    throw new Error(`This is not JSON: ${(error as Error).message}`);
  }
  if (typeof mapping !== 'object' || mapping === null || Array.isArray(mapping))
    throw new Error('A mapping is an object with id, version, from, to and rows.');
  const { rows = [] } = mapping as { rows?: unknown };
  if (!Array.isArray(rows) || rows.some((row) => typeof row !== 'object' || row === null))
    throw new Error('The rows of a mapping are a list of objects, such as { "to": "product", "from": "Item code" }.');
  return { ...(mapping as object), rows: rows as Row[] };
}

/** The mapping's JSON, as it is kept. */
export const writeMapping = (mapping: MappingSource): string => JSON.stringify(mapping, undefined, 2);

/** Names with commas for one name or several; JSON where a name holds a comma itself. */
export function namesText(names: unknown): string {
  if (!Array.isArray(names)) return names === undefined || names === null ? '' : String(names);
  return names.some((name) => /,|^\[/.test(String(name))) ? JSON.stringify(names) : names.join(', ');
}

/** One name, or several that were written with commas; undefined for none. */
export function namesOf(text: string): string | string[] | undefined {
  const trimmed = text.trim();
  if (trimmed === '') return undefined;
  if (trimmed.startsWith('[')) {
    try {
      return (JSON.parse(trimmed) as unknown[]).map(String);
    } catch {
      // A column may be called so.
    }
  }
  const names = trimmed
    .split(',')
    .map((name) => name.trim())
    .filter(Boolean);
  return names.length > 1 ? names : names[0];
}

/** The value at a path such as `wideToLong.name`. */
export function valueAt(mapping: MappingSource, path: string): unknown {
  return path.split('.').reduce<unknown>((level, part) => (level as Record<string, unknown> | undefined)?.[part], mapping);
}

/** The mapping with a value at a path of one or two parts. Undefined takes the value away, and what held only it. */
export function withValueAt(mapping: MappingSource, path: string, value: unknown): MappingSource {
  const [name = '', inner] = path.split('.');
  const made = inner === undefined ? value : without({ ...(mapping[name] as object | undefined), [inner]: value });
  return without({ ...mapping, [name]: made }) as MappingSource;
}

/** The object without what is undefined; undefined when nothing is left. */
function without(object: Record<string, unknown>): Record<string, unknown> | undefined {
  const kept = Object.entries(object).filter(([, value]) => value !== undefined);
  return kept.length > 0 ? Object.fromEntries(kept) : undefined;
}

/** The columns that the rows name, for a sample to begin with. */
export function columnsOf({ rows }: MappingSource): string[] {
  return [...new Set(rows.flatMap(({ from }) => (Array.isArray(from) ? from.slice(0, 1) : (from ?? []))).map(String))];
}
