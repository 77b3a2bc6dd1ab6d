import type { ConnectionSettings } from '../connection.ts';
import { OdooError } from '../errors.ts';
import type { HttpChannel } from './http.ts';
import { openJsonRpc } from './json-rpc.ts';
import { openJson2 } from './json2.ts';
import type { Transport } from './transport.ts';
import { openXmlRpc } from './xml-rpc.ts';

const OPEN = { json2: openJson2, jsonrpc: openJsonRpc, xmlrpc: openXmlRpc } as const;

/**
 * The transport that the settings name, or the best that the server has: JSON-2 with an API key where it answers, then
 * JSON-RPC, then XML-RPC. What the server says of the credentials is said at once, not tried around.
 */
export async function choose(channel: HttpChannel, settings: ConnectionSettings): Promise<Transport> {
  if (settings.protocol !== 'auto') return OPEN[settings.protocol](channel, settings);
  if (settings.apiKey) {
    try {
      return await openJson2(channel, settings);
    } catch (error) {
      // Odoo before 19 answers this address with its own 404 page.
      if (!hasNoSuchAddress(error)) throw error;
    }
  }
  try {
    return await openJsonRpc(channel, settings);
  } catch (error) {
    if (!hasNoSuchAddress(error)) throw error;
  }
  return openXmlRpc(channel, settings);
}

function hasNoSuchAddress(error: unknown): boolean {
  return error instanceof OdooError && error.status === 404 && error.code === 'protocol';
}
