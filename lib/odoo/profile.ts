import { z } from 'zod';
import type { OdooClient } from './client.ts';
import { OdooError } from './errors.ts';

/** What `fields_get` tells of a field, as far as it is used. */
export const FieldInfo = z.object({
  type: z.string(),
  string: z.string().optional(),
  required: z.boolean().optional(),
  readonly: z.boolean().optional(),
  relation: z.string().optional(),
  store: z.boolean().optional(),
  /** Total digits and decimals of a float; false where Odoo rounds it by other means. */
  digits: z.union([z.tuple([z.number(), z.number()]), z.literal(false), z.null()]).optional(),
  selection: z
    .array(z.tuple([z.unknown(), z.string()]))
    .optional()
    .catch(undefined),
});
export type FieldInfo = z.infer<typeof FieldInfo>;

export type ModelInfo = { readonly model: string; readonly name: string };

/** What one Odoo has. The code goes by it, not by the version number: apps and custom fields differ from plant to plant. */
export type Profile = {
  readonly models: readonly ModelInfo[];
  hasModel(model: string): boolean;
  /** The fields of a model. Throws OdooError `not-found` for a model that the database does not have. */
  fields(model: string): Promise<Readonly<Record<string, FieldInfo>>>;
  hasField(model: string, field: string): Promise<boolean>;
};

const Models = z.array(z.object({ model: z.string(), name: z.string() }));
const Fields = z.record(z.string(), FieldInfo);

/** Reads the installed models at once, and each model's fields when they are first asked for. */
export async function readProfile(client: OdooClient): Promise<Profile> {
  const answer = await client.call({
    model: 'ir.model',
    method: 'search_read',
    args: { domain: [], fields: ['model', 'name'], order: 'model' },
    readOnly: true,
  });
  const models = Models.parse(answer);
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
    models,
    hasModel: (model) => names.has(model),
    fields,
    hasField: async (model, field) => Object.hasOwn(await fields(model), field),
  };
}

async function readFields(client: OdooClient, model: string): Promise<Readonly<Record<string, FieldInfo>>> {
  const attributes = ['type', 'string', 'required', 'readonly', 'relation', 'store', 'digits', 'selection'];
  return Fields.parse(await client.call({ model, method: 'fields_get', args: { attributes }, readOnly: true }));
}
