import type { Env } from './env.ts';

const MOST_DIGITS = 16;

/** What `fields_get` answers: the fields asked for, or all, with the attributes asked for, or all. */
export function describeFields(
  env: Env,
  model: string,
  names: readonly string[] | undefined,
  attributes: readonly string[] | undefined,
): Record<string, Record<string, unknown>> {
  const wanted = names && names.length > 0 ? new Set(names) : undefined;
  const answer: Record<string, Record<string, unknown>> = {};
  for (const field of env.model(model).fields.values()) {
    if (wanted && !wanted.has(field.name)) continue;
    const described: Record<string, unknown> = {
      name: field.name,
      type: field.type,
      string: field.string,
      required: field.required,
      readonly: field.readonly,
      store: field.store,
      sortable: field.store,
      searchable: true,
      manual: false,
      company_dependent: false,
      change_default: false,
      depends: [],
      ...(env.version === 19 ? { exportable: true, groupable: field.store } : {}),
    };
    if (field.relation) Object.assign(described, { relation: field.relation, context: {}, domain: [] });
    if (field.type === 'one2many') described.relation_field = field.inverse;
    if (field.selection) described.selection = field.selection;
    if (field.related) described.related = env.version === 19 ? field.related.join('.') : field.related;
    if (field.type === 'float' && field.digits !== undefined) described.digits = [MOST_DIGITS, field.digits];
    answer[field.name] =
      attributes && attributes.length > 0
        ? Object.fromEntries(Object.entries(described).filter(([key]) => attributes.includes(key)))
        : described;
  }
  return answer;
}
