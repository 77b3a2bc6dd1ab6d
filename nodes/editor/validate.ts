import type { FormNode } from './red.ts';

type Validator = (this: FormNode, value: string) => boolean | string;

/** Whether the text stands for an environment variable, which only the runtime knows. */
const isVariable = (value: unknown) => typeof value === 'string' && /\$\{[^}]+\}/.test(value);

/** A whole number within bounds; `key` is the text that says so, in the node's own locale. */
export function wholeNumber(key: string, least: number, most: number): Validator {
  return function (value) {
    if (isVariable(value)) return true;
    const number = Number(value);
    return (String(value).trim() !== '' && Number.isInteger(number) && number >= least && number <= most) || this._(key);
  };
}

/** Blank, or what the pattern takes. */
export function matching(key: string, pattern: RegExp, needed = false): Validator {
  return function (value) {
    if (isVariable(value)) return true;
    const text = String(value ?? '').trim();
    return (text === '' ? !needed : pattern.test(text)) || this._(key);
  };
}

/** Blank, or JSON of the kind that `of` accepts. */
export function json(key: string, of: (value: unknown) => boolean): Validator {
  return function (value) {
    if (String(value ?? '').trim() === '') return true;
    try {
      return of(JSON.parse(value)) || this._(key);
    } catch {
      return this._(key);
    }
  };
}

export const isList = (value: unknown) => Array.isArray(value);
export const isObject = (value: unknown) => typeof value === 'object' && value !== null && !Array.isArray(value);
