import { ask } from './ask.ts';

type Choice = { readonly value: string; readonly label: string };
type Field = { readonly name: string; readonly type: string; readonly label?: string };

const fieldsOf = new Map<string, Promise<Field[]>>();

/** Makes an input suggest the server's models as one types. Without a deployed server it stays a plain input. */
export function completeModel(input: string, server: () => string): void {
  suggest(input, 'fa fa-cube', async (text) => {
    const models = await ask<{ model: string; name: string }[]>(
      `planbridge/odoo-server/${server()}/models?search=${encodeURIComponent(text)}`,
    );
    return models.map(({ model, name }) => ({ value: model, label: `${model} · ${name}` }));
  });
}

/** Makes an input suggest fields of the chosen model; `many` for a list with commas, whose last name is completed. */
export function completeFields(input: string, server: () => string, model: () => string, many = true): void {
  suggest(input, 'fa fa-list', async (text) => {
    const cut = many ? text.lastIndexOf(',') + 1 : 0;
    const before = text.slice(0, cut) + (cut > 0 ? ' ' : '');
    const typed = text.slice(cut).trim().toLowerCase();
    const fields = await modelFields(server(), model());
    return fields
      .filter(({ name, label }) => name.includes(typed) || label?.toLowerCase().includes(typed))
      .slice(0, 30)
      .map(({ name, type, label }) => ({ value: before + name, label: `${name} · ${label ?? ''} (${type})` }));
  });
}

/** The fields of a model, asked once while the editor is open. */
export function modelFields(server: string, model: string): Promise<Field[]> {
  const path = `planbridge/odoo-server/${server}/models/${model}/fields`;
  const asked = fieldsOf.get(path) ?? ask<Field[]>(path);
  fieldsOf.set(path, asked);
  asked.catch(() => fieldsOf.delete(path));
  return asked;
}

function suggest(input: string, icon: string, choices: (text: string) => Promise<Choice[]>): void {
  const autoComplete = (text: string, done: (choices: Choice[]) => void) => {
    choices(text).then(done, () => done([]));
  };
  $(input).typedInput({ types: [{ value: 'text', icon, autoComplete }] });
}
