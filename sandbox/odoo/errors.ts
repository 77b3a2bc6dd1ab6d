/**
 * What Odoo answers when it refuses. `name` is the Python class that the protocols show, `status` the answer of JSON-2.
 * XML-RPC tells only some of them apart, by `faultCode`.
 */
export class OdooFault extends Error {
  override readonly name: string;
  readonly status: number;
  readonly faultCode: number;
  readonly arguments: readonly unknown[];

  constructor(kind: FaultKind, message: string, more: readonly unknown[] = []) {
    super(message);
    const { name, status, faultCode } = KINDS[kind];
    this.name = name;
    this.status = status;
    this.faultCode = faultCode;
    this.arguments = [message, ...more];
  }
}

const KINDS = {
  user: { name: 'odoo.exceptions.UserError', status: 422, faultCode: 2 },
  validation: { name: 'odoo.exceptions.ValidationError', status: 422, faultCode: 2 },
  redirect: { name: 'odoo.exceptions.RedirectWarning', status: 500, faultCode: 2 },
  missing: { name: 'odoo.exceptions.MissingError', status: 404, faultCode: 2 },
  access: { name: 'odoo.exceptions.AccessError', status: 403, faultCode: 4 },
  denied: { name: 'odoo.exceptions.AccessDenied', status: 403, faultCode: 3 },
  value: { name: 'builtins.ValueError', status: 500, faultCode: 1 },
  type: { name: 'builtins.TypeError', status: 500, faultCode: 1 },
  key: { name: 'builtins.KeyError', status: 500, faultCode: 1 },
  attribute: { name: 'builtins.AttributeError', status: 500, faultCode: 1 },
  assertion: { name: 'builtins.AssertionError', status: 500, faultCode: 1 },
  exception: { name: 'builtins.Exception', status: 500, faultCode: 1 },
  range: { name: 'psycopg2.errors.NumericValueOutOfRange', status: 500, faultCode: 1 },
  database: { name: 'psycopg2.OperationalError', status: 500, faultCode: 1 },
  badRequest: { name: 'werkzeug.exceptions.BadRequest', status: 400, faultCode: 1 },
  unauthorized: { name: 'werkzeug.exceptions.Unauthorized', status: 401, faultCode: 1 },
  notFound: { name: 'werkzeug.exceptions.NotFound', status: 404, faultCode: 1 },
  unprocessable: { name: 'werkzeug.exceptions.UnprocessableEntity', status: 422, faultCode: 1 },
} as const;

export type FaultKind = keyof typeof KINDS;

/** A value as Python's `repr` shows it, for the messages that quote one. */
export function repr(value: unknown): string {
  if (value === null || value === undefined) return 'None';
  if (value === true) return 'True';
  if (value === false) return 'False';
  if (typeof value === 'string') {
    const quote = value.includes("'") && !value.includes('"') ? '"' : "'";
    const text = value.replaceAll('\\', '\\\\').replaceAll('\n', '\\n');
    return quote + (quote === "'" ? text.replaceAll("'", "\\'") : text) + quote;
  }
  if (Array.isArray(value)) return `[${value.map(repr).join(', ')}]`;
  if (typeof value === 'object')
    return `{${Object.entries(value)
      .map(([key, item]) => `${repr(key)}: ${repr(item)}`)
      .join(', ')}}`;
  return String(value);
}

/** Odoo's error for a record that is not there, or no longer. */
export function missingRecord(model: string, ids: readonly number[], user: number): OdooFault {
  const tuple = ids.length === 1 ? `${ids[0]},` : ids.join(', ');
  return new OdooFault('missing', `Record does not exist or has been deleted.\n(Record: ${model}(${tuple}), User: ${user})`);
}
