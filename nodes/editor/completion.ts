import { ask } from './ask.ts';
import { bestFirst, type Field, typedName } from './field-names.ts';
import type { Widget } from './red.ts';

/** Something to choose, with a word on it. */
export type Item = { readonly value: string; readonly text: string };
type Choice = { readonly value: string; readonly label: Widget };

const MOST = 50;
const fieldsOf = new Map<string, Promise<Field[]>>();

/** Makes an input suggest the server's models as one types. */
export function completeModel(input: Widget, server: () => string): void {
  suggest(input, async (text) => {
    const models = await ask<{ model: string; name: string }[]>(
      `planbridge/odoo-server/${idOf(server())}/models?search=${encodeURIComponent(text)}`,
    );
    return bestFirst(models, text, ({ model, name }) => [model, name]).map(({ model, name }) => ({
      value: model,
      label: labelOf(model, name),
    }));
  });
}

/** Makes an input suggest fields of the model, through relations too; `many` for a list with commas. */
export function completeFields(input: Widget, server: () => string, model: () => string, many = true): void {
  suggest(input, (text) => fieldChoices(server(), model(), text, many));
}

/** Makes an input suggest from a list that is at hand. */
export function completeFrom(input: Widget, items: () => readonly Item[]): void {
  suggest(input, async (text) => itemChoices(items(), text));
}

/** Makes an input suggest fields of the model, or from the list as long as there is no model. */
export function completeFieldOr(input: Widget, server: () => string, model: () => string, items: () => readonly Item[]): void {
  suggest(input, async (text) => (model() ? fieldChoices(server(), model(), text, true) : itemChoices(items(), text)));
}

async function fieldChoices(server: string, model: string, text: string, many: boolean): Promise<Choice[]> {
  const { before, path, name } = typedName(text, many);
  const fields = await modelFields(server, await modelAt(server, model, path));
  return bestFirst(fields, name, (field) => [field.name, field.label ?? '']).map((field) => ({
    value: before + field.name,
    label: labelOf(field.name, `${field.label ?? ''} (${field.relation ?? field.type})`),
  }));
}

function itemChoices(items: readonly Item[], text: string): Choice[] {
  return bestFirst(items, text, (item) => [item.value, item.text]).map((item) => ({
    value: item.value,
    label: labelOf(item.value, item.text),
  }));
}

/** The field that a path leads to; undefined where there is none. */
export async function fieldAt(server: string, model: string, path: string): Promise<Field | undefined> {
  const steps = path.split('.');
  const name = steps.pop();
  const fields = await modelFields(server, await modelAt(server, model, steps));
  return fields.find((field) => field.name === name);
}

async function modelAt(server: string, model: string, path: readonly string[]): Promise<string> {
  let at = model;
  for (const step of path) {
    const field = (await modelFields(server, at)).find(({ name }) => name === step);
    at = field?.relation ?? '';
  }
  return at;
}

/** The fields of a model, asked once while the editor is open. */
function modelFields(server: string, model: string): Promise<Field[]> {
  if (!model) return Promise.resolve([]);
  const path = `planbridge/odoo-server/${idOf(server)}/models/${encodeURIComponent(model)}/fields`;
  const asked = fieldsOf.get(path) ?? ask<Field[]>(path);
  fieldsOf.set(path, asked);
  asked.catch(() => fieldsOf.delete(path));
  return asked;
}

const idOf = (server: string) => encodeURIComponent(server === '_ADD_' || !server ? 'none' : server);

function labelOf(value: string, text: string): Widget {
  const said = $('<span class="planbridge-quiet" style="margin-left:8px"></span>').text(text);
  return $('<span></span>').append($('<span></span>').text(value), text ? said : '');
}

function suggest(input: Widget, choices: (text: string) => Promise<Choice[]>): void {
  $(input).autoComplete({
    minLength: 0,
    search: (text: string, done: (choices: Choice[]) => void) => {
      choices(text).then(
        (found) => done(found.slice(0, MOST)),
        // Why there is nothing to choose from; taking it changes nothing.
        (error: Error) => done([{ value: text, label: $('<span class="planbridge-bad"></span>').text(error.message) }]),
      );
    },
  });
}
