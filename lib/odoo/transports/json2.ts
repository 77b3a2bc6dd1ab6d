import { z } from 'zod';
import type { ConnectionSettings } from '../connection.ts';
import { OdooError } from '../errors.ts';
import { httpFault, odooFault, parseJson, wordsOf } from './faults.ts';
import type { HttpChannel } from './http.ts';
import type { Transport, TransportCall } from './transport.ts';

const Version = z.object({ version: z.string() });
const Fault = z.object({
  name: z.string(),
  message: z.coerce.string(),
  arguments: z.array(z.unknown()).optional().catch(undefined),
});

/**
 * JSON-2, Odoo 19 and later: `POST /json/2/<model>/<method>` with named arguments, authorised by an API key.
 * Throws OdooError `access` for a key or database that Odoo does not take, `not-found` where the server has no JSON-2.
 */
export async function openJson2(channel: HttpChannel, settings: ConnectionSettings): Promise<Transport> {
  const headers: Record<string, string> = {
    'content-type': 'application/json',
    accept: 'application/json',
    authorization: `bearer ${settings.apiKey ?? ''}`,
    ...(settings.database ? { 'x-odoo-database': settings.database } : {}),
  };

  const call = async ({ model, method, ids, args, context, timeoutSeconds, signal }: TransportCall): Promise<unknown> => {
    const body = JSON.stringify({ ...args, ...(ids ? { ids } : {}), ...(context ? { context } : {}) });
    const answer = await channel.send({
      path: `/json/2/${model}/${method}`,
      headers,
      body,
      ...(timeoutSeconds ? { timeoutSeconds } : {}),
      ...(signal ? { signal } : {}),
    });
    const details = { model, method, status: answer.status };
    if (answer.status === 200) return parseJson(answer, details);
    if (!answer.contentType.includes('json')) throw httpFault(answer, details);
    const fault = Fault.safeParse(parseJson(answer, details));
    if (!fault.success) throw httpFault(answer, details);
    const { name, message, arguments: given } = fault.data;
    if (answer.status === 409) throw new OdooError('locked', message, { ...details, exception: name });
    throw odooFault(name, wordsOf(name, message, given), details);
  };

  try {
    await call({ model: 'res.users', method: 'context_get' });
  } catch (error) {
    if (error instanceof OdooError && error.status === 401)
      throw new OdooError(
        'access',
        `Odoo does not take this API key (${error.message}). It may have expired, or be another database's.`,
        { cause: error },
      );
    throw error;
  }
  return {
    protocol: 'json2',
    call,
    async version() {
      const answer = await channel.send({ method: 'GET', path: '/web/version' });
      return answer.contentType.includes('json') ? Version.safeParse(parseJson(answer)).data?.version : undefined;
    },
  };
}
