import { z } from 'zod';
import type { ConnectionSettings } from '../connection.ts';
import { OdooError } from '../errors.ts';
import { majorOf } from '../version.ts';
import { httpFault, odooFault, parseJson, wordsOf } from './faults.ts';
import type { HttpChannel } from './http.ts';
import { legacyArguments } from './legacy-arguments.ts';
import { legacyLogin, legacyVersion, type ServiceCall } from './legacy-login.ts';
import type { Transport, TransportCall } from './transport.ts';

const Answer = z.object({
  jsonrpc: z.literal('2.0'),
  /** Left out where a method answers nothing. */
  result: z.unknown().default(null),
  error: z
    .object({
      message: z.string().optional(),
      data: z
        .object({
          name: z.string().optional(),
          message: z.coerce.string().optional(),
          arguments: z.array(z.unknown()).optional().catch(undefined),
        })
        .optional(),
    })
    .optional(),
});

type Limits = Pick<TransportCall, 'timeoutSeconds' | 'signal'> & { readonly cookie?: string | undefined };

/** Calls a service of `/jsonrpc`, which every Odoo up to 21 has. */
export function jsonRpcService(channel: HttpChannel, limits: Limits = {}): ServiceCall {
  return async (service, method, args) => {
    const body = JSON.stringify({ jsonrpc: '2.0', method: 'call', id: 1, params: { service, method, args } });
    const { timeoutSeconds, signal, cookie } = limits;
    const answer = await channel.send({
      path: '/jsonrpc',
      headers: { 'content-type': 'application/json', ...(cookie ? { cookie } : {}) },
      body,
      ...(timeoutSeconds ? { timeoutSeconds } : {}),
      ...(signal ? { signal } : {}),
    });
    if (answer.status !== 200) throw httpFault(answer);
    const parsed = Answer.safeParse(parseJson(answer));
    if (!parsed.success) throw new OdooError('protocol', "The server's answer is JSON, but not an answer of Odoo's JSON-RPC.");
    const { error, result } = parsed.data;
    if (error) {
      const { name = '', message, arguments: given } = error.data ?? {};
      throw odooFault(name, wordsOf(name, message || error.message || 'Odoo gave no reason.', given));
    }
    return result;
  };
}

/** JSON-RPC: Odoo 14 to 21. Logs in, then calls models by `execute_kw`. */
export async function openJsonRpc(channel: HttpChannel, settings: ConnectionSettings): Promise<Transport> {
  const service = jsonRpcService(channel);
  const { database, user, secret } = await legacyLogin(service, settings);
  const cookie = await databaseCookie(channel, service, database);
  return {
    protocol: 'jsonrpc',
    version: () => legacyVersion(service),
    call: (call) =>
      jsonRpcService(channel, { ...call, cookie })('object', 'execute_kw', [
        database,
        user,
        secret,
        call.model,
        call.method,
        ...legacyArguments(call),
      ]),
  };
}

/**
 * Up to 15, a server with several databases tells its errors only to a session that has chosen one; to others it answers
 * a bare page with HTTP 500. The log-in page chooses for a visitor, without logging in.
 */
async function databaseCookie(channel: HttpChannel, service: ServiceCall, database: string): Promise<string | undefined> {
  if (majorOf(await legacyVersion(service)) >= 16) return undefined;
  const answer = await channel.send({ method: 'GET', path: `/web/login?db=${encodeURIComponent(database)}` });
  return answer.cookies.find((cookie) => cookie.startsWith('session_id='))?.split(';')[0];
}
