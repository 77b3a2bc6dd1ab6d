import { z } from 'zod';
import { answerAs } from './answer.ts';
import type { OdooClient } from './client.ts';
import { OdooError } from './errors.ts';
import { majorOf } from './version.ts';

/** What `fields_get` tells of a field, as far as it is used. */
export const FieldInfo = z.object({
  type: z.string(),
  string: z.string().optional(),
  // Odoo 14 answers some of these as numbers.
  required: z.coerce.boolean().optional(),
  readonly: z.coerce.boolean().optional(),
  relation: z.string().optional(),
  store: z.coerce.boolean().optional(),
  /** Total digits and decimals of a float; unset where Odoo rounds it by other means (it then says false or 0). */
  digits: z.tuple([z.number(), z.number()]).optional().catch(undefined),
  selection: z
    .array(z.tuple([z.unknown(), z.string()]))
    .optional()
    .catch(undefined),
});
export type FieldInfo = z.infer<typeof FieldInfo>;

export type ModelInfo = { readonly model: string; readonly name: string };

/** What one Odoo has. The code goes by it, not by the version number: apps and custom fields differ from plant to plant. */
export type Profile = {
  /** For messages and logs. `major` is 0 where the server does not tell its version. */
  readonly version: { readonly major: number; readonly text: string };
  readonly models: readonly ModelInfo[];
  hasModel(model: string): boolean;
  /** The fields of a model. Throws OdooError `not-found` for a model that the database does not have. */
  fields(model: string): Promise<Readonly<Record<string, FieldInfo>>>;
  hasField(model: string, field: string): Promise<boolean>;
};

const Models = z.array(z.object({ model: z.string(), name: z.string() }));
const AvailableModels = z.array(z.object({ model: z.string(), display_name: z.string() }));
const Fields = z.record(z.string(), FieldInfo);

/** Reads the installed models at once, and each model's fields when they are first asked for. */
export async function readProfile(client: OdooClient): Promise<Profile> {
  const version = (await client.version()) ?? '';
  const models = await readModels(client);
  const names = new Set(models.map(({ model }) => model));
  const known = new Map<string, Promise<Readonly<Record<string, FieldInfo>>>>();

  const fields = (model: string) => {
    if (!names.has(model)) {
      const text = `Odoo has no model ${model}. Is its app installed, and is the name right?`;
      return Promise.reject(new OdooError('not-found', text, { model }));
    }
    let asked = known.get(model);
    if (!asked) {
      asked = readFields(client, model);
      asked.catch(() => known.delete(model));
      known.set(model, asked);
    }
    return asked;
  };

  return {
    version: { major: majorOf(version), text: version },
    models,
    hasModel: (model) => names.has(model),
    fields,
    hasField: async (model, field) => Object.hasOwn(await fields(model), field),
  };
}

/** From 16 only administrators may read `ir.model`; others are told of the models that they may use. */
async function readModels(client: OdooClient): Promise<ModelInfo[]> {
  const about = { model: 'ir.model', readOnly: true };
  try {
    const args = { domain: [], fields: ['model', 'name'], order: 'model' };
    return answerAs(Models, await client.call({ ...about, method: 'search_read', args }), 'ir.model', 'search_read');
  } catch (error) {
    if (!(error instanceof OdooError && error.code === 'access')) throw error;
    const method = 'get_available_models';
    const available = answerAs(AvailableModels, await client.call({ ...about, method }), 'ir.model', method);
    return available
      .map(({ model, display_name }) => ({ model, name: display_name }))
      .sort((left, right) => (left.model < right.model ? -1 : 1));
  }
}

async function readFields(client: OdooClient, model: string): Promise<Readonly<Record<string, FieldInfo>>> {
  const attributes = ['type', 'string', 'required', 'readonly', 'relation', 'store', 'digits', 'selection'];
  const answer = await client.call({ model, method: 'fields_get', args: { attributes }, readOnly: true });
  return answerAs(Fields, answer, model, 'fields_get');
}
