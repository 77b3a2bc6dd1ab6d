import { Readable } from 'node:stream';
import { setImmediate as nextTurn } from 'node:timers/promises';
import type { ConnectionSettings } from '../connection.ts';
import { OdooError } from '../errors.ts';
import { httpFault, odooFault } from './faults.ts';
import type { HttpChannel } from './http.ts';
import { legacyArguments } from './legacy-arguments.ts';
import { legacyLogin, legacyVersion, type ServiceCall } from './legacy-login.ts';
import type { Transport, TransportCall } from './transport.ts';
import { Deserializer, serializeMethodCall } from './xml-rpc-format.ts';

type Limits = Pick<TransportCall, 'timeoutSeconds' | 'signal'>;

/** Characters parsed at a time, about five milliseconds' worth: the parser itself never gives way. */
const SLICE = 32 * 1024;

/** Calls a service of `/xmlrpc/2`. */
function xmlRpcService(channel: HttpChannel, limits: Limits = {}): ServiceCall {
  return async (service, method, args) => {
    const { timeoutSeconds, signal } = limits;
    const answer = await channel.send({
      path: `/xmlrpc/2/${service}`,
      headers: { 'content-type': 'text/xml' },
      body: serializeMethodCall(method, args),
      ...(timeoutSeconds ? { timeoutSeconds } : {}),
      ...(signal ? { signal } : {}),
    });
    if (answer.status !== 200 || !answer.contentType.includes('xml')) throw httpFault(answer);
    return parseAnswer(answer.text);
  };
}

function parseAnswer(text: string): Promise<unknown> {
  return new Promise((resolve, reject) => {
    const slices = async function* () {
      for (let at = 0; at < text.length; at += SLICE) {
        yield text.slice(at, at + SLICE);
        await nextTurn();
      }
    };
    new Deserializer().deserializeMethodResponse(Readable.from(slices()), (error, value) => {
      if (!error) resolve(value);
      // Odoo had done its work, and failed only to say "nothing": its XML-RPC knows no empty answer.
      else if (String(error.faultString).includes('cannot marshal None')) resolve(null);
      else if (error.faultString === undefined)
        reject(new OdooError('protocol', `The answer is not XML-RPC: ${error.message}.`, { cause: error }));
      else reject(xmlRpcFault(error.faultCode, String(error.faultString)));
    });
  });
}

/** Odoo's fault codes: 2 a warning for the user, 3 and 4 no access; 1 carries a whole traceback, whose last line counts. */
function xmlRpcFault(code: unknown, text: string): OdooError {
  if (code === 3) return odooFault('odoo.exceptions.AccessDenied', text);
  if (code === 4) return odooFault('odoo.exceptions.AccessError', text);
  if (code === 2) {
    if (/^Record does not exist|^Record doesn't exist/.test(text)) return odooFault('odoo.exceptions.MissingError', text);
    // RedirectWarning is told as its Python arguments: the message or the UserError in it, an action, the button's text.
    const redirect = /^\((?:\w+\()?(['"])(.*?)(?<!\\)\1\)?, /s.exec(text);
    return redirect?.[2]
      ? odooFault('odoo.exceptions.RedirectWarning', redirect[2].replaceAll('\\n', '\n').replace(/\\(['"\\])/g, '$1'))
      : odooFault('odoo.exceptions.UserError', text);
  }
  const raised = text.split('\n').findLast((line) => RAISED.test(line)) ?? '';
  const [, exception = '', first = ''] = RAISED.exec(raised) ?? [];
  // A message of several lines goes on below the line that names the exception.
  const words = raised ? first + text.slice(text.lastIndexOf(raised) + raised.length) : text;
  return odooFault(exception, words);
}

/** The last line of a Python traceback: `psycopg2.errors.NotNullViolation: null value in column …`. */
const RAISED = /^((?:[a-z_]\w*\.)*[A-Z]\w+): (.*)$/;

/** XML-RPC: for servers that offer nothing else; about a fifth of the speed of the others. */
export async function openXmlRpc(channel: HttpChannel, settings: ConnectionSettings): Promise<Transport> {
  const { database, user, secret } = await legacyLogin(xmlRpcService(channel), settings);
  return {
    protocol: 'xmlrpc',
    version: () => legacyVersion(xmlRpcService(channel)),
    call: (call) =>
      xmlRpcService(channel, call)('object', 'execute_kw', [
        database,
        user,
        secret,
        call.model,
        call.method,
        ...legacyArguments(call),
      ]),
  };
}
