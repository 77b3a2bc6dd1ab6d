import type { FormNode } from './red.ts';

type Fault = { readonly key: string; readonly values?: Record<string, unknown> } | undefined;
type Validator = (this: FormNode, value: string, options?: { label?: string }) => boolean | string;

/**
 * A validator that says what is wrong as "Label: what it takes". Node-RED takes a text for a message only from a
 * validator with two parameters; from any other it is just something true.
 */
function validator(label: string, faultOf: (value: unknown, node: FormNode) => Fault): Validator {
  return function (value, _options) {
    const fault = faultOf(value, this);
    return fault === undefined || `${this._(label)}: ${this._(fault.key, fault.values)}`;
  };
}

const textOf = (value: unknown) => String(value ?? '').trim();
/** Whether an environment variable stands in the text: what it holds only the runtime knows. */
const hasVariable = (value: unknown) => /\$\{[^}]+\}/.test(textOf(value));

/** A whole number within bounds. A node that was saved before it had the setting is given the standard one by the runtime. */
export function wholeNumber(label: string, least: number, most: number): Validator {
  return validator(label, (value) => {
    if (value === undefined) return undefined;
    const number = Number(value);
    const fits = textOf(value) !== '' && Number.isInteger(number) && number >= least && number <= most;
    return fits || hasVariable(value) ? undefined : { key: 'editor.error.wholeNumber', values: { least, most } };
  });
}

/** Blank, or text that fits the pattern; `key` is the text that says which. */
export function matching(label: string, key: string, pattern: RegExp): Validator {
  return validator(label, (value) =>
    textOf(value) === '' || hasVariable(value) || pattern.test(textOf(value)) ? undefined : { key },
  );
}

/** Text that fits the pattern, and not blank. */
export function needed(label: string, key: string, pattern: RegExp): Validator {
  return validator(label, (value) => (hasVariable(value) || pattern.test(textOf(value)) ? undefined : { key }));
}

/** Blank, or the name of a model such as `stock.quant`. */
export const model = (label: string) => matching(label, 'editor.error.model', /^[a-z_][a-z0-9_]*(\.[a-z0-9_]+)*$/);

/** Blank, or a list of field names with commas; `path` lets them reach through relations and carry `:month`. */
export function fields(label: string): Validator {
  return matching(label, 'editor.error.fields', /^[a-z_]\w*([.:]\w+)*(\s*,\s*[a-z_]\w*([.:]\w+)*)*$/i);
}

/** Blank, or a time zone that this browser knows. */
export function timeZone(label: string): Validator {
  return validator(label, (value) => {
    if (textOf(value) === '' || hasVariable(value)) return undefined;
    try {
      Intl.DateTimeFormat('en', { timeZone: textOf(value) });
      return undefined;
    } catch {
      return { key: 'editor.error.timeZone' };
    }
  });
}

/** Blank, or JSON of one shape: a list, or an object with named values. */
export function json(label: string, shape: 'list' | 'object'): Validator {
  return validator(label, (value) => {
    if (textOf(value) === '') return undefined;
    try {
      const parsed: unknown = JSON.parse(textOf(value));
      const fits = Array.isArray(parsed) ? shape === 'list' : shape === 'object' && typeof parsed === 'object' && parsed !== null;
      return fits ? undefined : { key: shape === 'list' ? 'editor.error.list' : 'editor.error.object' };
    } catch (error) {
      return { key: 'editor.error.json', values: { error: (error as Error).message } };
    }
  });
}

/** Rows of limits, or none: each number that is given is zero or more. */
export function limits(label: string, columns: readonly string[]): Validator {
  return validator(label, (value) => {
    if (textOf(value) === '') return undefined;
    const fits = (row: Record<string, unknown>) => columns.every((name) => !(name in row) || Number(row[name]) >= 0);
    return Array.isArray(value) && value.every(fits) ? undefined : { key: 'editor.error.limits' };
  });
}

/** Whatever `faultOf` throws an Error about, in its words. */
export function readable(label: string, read: (value: string, node: FormNode) => void): Validator {
  return validator(label, (value, node) => {
    try {
      read(textOf(value), node);
      return undefined;
    } catch (error) {
      return { key: 'editor.error.said', values: { error: (error as Error).message } };
    }
  });
}

/** A config node that is there and whose own settings are right; `unless` tells when none is needed. */
export function chosen(label: string, unless: (node: FormNode) => boolean = () => false): Validator {
  return validator(label, (value, node) => {
    const id = textOf(value);
    if (id === '' || id === '_ADD_') return unless(node) ? undefined : { key: 'editor.error.chosen' };
    const config = RED.nodes.node(id);
    if (!config) return { key: 'editor.error.gone' };
    return config.valid === false ? { key: 'editor.error.settings' } : undefined;
  });
}
