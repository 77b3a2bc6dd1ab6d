import { createRequire } from 'node:module';
import { Readable } from 'node:stream';
import type { Database } from '../calling.ts';
import { OdooFault, repr } from '../errors.ts';
import { type Answer, xml } from '../http.ts';
import { type Credentials, callService } from './services.ts';

const require = createRequire(import.meta.url);
const Deserializer = require('xmlrpc/lib/deserializer') as new () => {
  deserializeMethodCall(stream: Readable, callback: (error: Error | null, method: string, params: unknown[]) => void): void;
};
const serializer = require('xmlrpc/lib/serializer') as {
  serializeMethodResponse(value: unknown): string;
  serializeFault(fault: { faultCode: number; faultString: string }): string;
};

/** `POST /xmlrpc/2/<service>`. */
export async function xmlRpc(database: Database, credentials: Credentials, service: string, body: string): Promise<Answer> {
  try {
    const { method, params } = await methodCall(body);
    return xml(serializer.serializeMethodResponse(callService(database, credentials, service, method, params)));
  } catch (error) {
    return xml(serializer.serializeFault(fault(error)));
  }
}

function methodCall(body: string): Promise<{ method: string; params: unknown[] }> {
  return new Promise((resolve, reject) => {
    new Deserializer().deserializeMethodCall(Readable.from([body]), (error, method, params) => {
      if (error) reject(error);
      else resolve({ method, params });
    });
  });
}

/** Code 2 tells the message alone, 3 and 4 are refused access, 1 is a traceback with the exception in its last line. */
function fault(error: unknown): { faultCode: number; faultString: string } {
  if (!(error instanceof OdooFault)) return { faultCode: 1, faultString: `${traceback}Exception: ${(error as Error).message}\n` };
  const { name, message, faultCode, arguments: given } = error;
  if (name === 'odoo.exceptions.RedirectWarning')
    return { faultCode, faultString: `(UserError(${repr(message)}), ${given.slice(1).map(repr).join(', ')})` };
  if (faultCode !== 1) return { faultCode, faultString: message };
  return {
    faultCode,
    faultString: `${traceback}${name.replace(/^builtins\./, '')}: ${name === 'builtins.KeyError' ? repr(message) : message}\n`,
  };
}

const traceback = 'Traceback (most recent call last):\n  File "odoo/addons/rpc/controllers/xmlrpc.py", in xmlrpc_2\n';
