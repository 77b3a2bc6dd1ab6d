import { Agent, request } from 'undici';
import type { ConnectionSettings } from '../connection.ts';
import { OdooError } from '../errors.ts';

export type HttpAnswer = {
  readonly status: number;
  readonly contentType: string;
  readonly text: string;
  /** Each `Set-Cookie` header. */
  readonly cookies: readonly string[];
  /** Where a redirect leads to. */
  readonly location: string | undefined;
};

export type HttpRequest = {
  readonly method?: 'POST' | 'GET';
  readonly path: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
  readonly timeoutSeconds?: number;
  readonly signal?: AbortSignal;
};

/** Speaks to one server over connections of its own. */
export type HttpChannel = { send(request: HttpRequest): Promise<HttpAnswer>; close(): Promise<void> };

/** Faults that come up before a byte of the request was sent: nothing was done, sending again is safe. */
const BEFORE_SENDING: Readonly<Record<string, string>> = {
  ENOTFOUND: 'there is no such host',
  EAI_AGAIN: 'the host name could not be looked up',
  ECONNREFUSED: 'nothing listens there (connection refused)',
  EHOSTUNREACH: 'the host cannot be reached',
  ENETUNREACH: 'the network cannot be reached',
  UND_ERR_CONNECT_TIMEOUT: 'no connection within the time allowed',
};

const TLS_FAULT = /^(ERR_TLS_|ERR_SSL_|ERR_OSSL_|CERT_|DEPTH_ZERO_|SELF_SIGNED_|UNABLE_TO_|HOSTNAME_MISMATCH|EPROTO)/;
/** Node's words for a connection that ended during the handshake: nothing of the request was sent yet. */
const BEFORE_TLS = /before secure TLS connection was established/;

/** How long closing waits for calls under way; Node-RED gives a node 15 seconds in all. */
const PATIENCE_MILLISECONDS = 8_000;

/** Opens a channel with the settings' own TLS, time-outs and limit on an answer's size. */
export function openChannel(settings: ConnectionSettings): HttpChannel {
  const { timeoutSeconds, maxAnswerMegabytes } = settings;
  const base = baseOf(settings.url);
  const limit = maxAnswerMegabytes * 1024 * 1024;
  const agent = new Agent({
    connections: settings.maxConcurrent,
    // Below the five seconds after which common servers close an idle connection.
    keepAliveTimeout: 4_000,
    keepAliveMaxTimeout: 4_000,
    headersTimeout: 0,
    bodyTimeout: 0,
    connect: { timeout: settings.connectTimeoutSeconds * 1000, ...settings.tls },
  });

  let closed = false;

  return {
    async send({ method = 'POST', path, headers, body, timeoutSeconds: own, signal }) {
      const seconds = own ?? timeoutSeconds;
      if (closed) throw new OdooError('unavailable', `The connection to Odoo at ${base} was closed before this call was sent.`);
      if (signal?.aborted) throw new OdooError('unavailable', `The call to Odoo at ${base} was called off before it was sent.`);
      const timeout = AbortSignal.timeout(seconds * 1000);
      try {
        const answer = await request(`${base}${path}`, {
          method,
          dispatcher: agent,
          headers: { ...headers, 'user-agent': 'planbridge' },
          ...(body === undefined ? {} : { body }),
          signal: signal ? AbortSignal.any([signal, timeout]) : timeout,
        });
        const chunks: Buffer[] = [];
        let size = 0;
        for await (const chunk of answer.body) {
          size += chunk.length;
          if (size > limit)
            throw new OdooError(
              'protocol',
              `Odoo's answer is over ${maxAnswerMegabytes} MB. Ask for fewer records at a time, or raise the limit.`,
            );
          chunks.push(chunk);
        }
        return {
          status: answer.statusCode,
          contentType: String(answer.headers['content-type'] ?? ''),
          text: Buffer.concat(chunks).toString('utf8'),
          cookies: [answer.headers['set-cookie'] ?? []].flat(),
          location: answer.headers.location?.toString(),
        };
      } catch (error) {
        throw asOdooError(error, base, seconds, timeout.aborted);
      }
    },
    async close() {
      closed = true;
      const cut = setTimeout(() => void agent.destroy(), PATIENCE_MILLISECONDS);
      await agent.close().catch(() => undefined);
      clearTimeout(cut);
    },
  };
}

/** The address without what people copy along from the browser: `/web`, `/odoo`, a query, a slash at the end. */
function baseOf(url: string): string {
  const { origin, pathname } = new URL(url);
  return `${origin}${pathname.replace(/\/(web|odoo)(\/.*)?$/, '').replace(/\/+$/, '')}`;
}

function asOdooError(error: unknown, base: string, seconds: number, timedOut: boolean): OdooError {
  if (error instanceof OdooError) return error;
  const fault = innermost(error);
  const words = BEFORE_SENDING[fault.code];
  if (words) return new OdooError('unavailable', `Odoo at ${base} is not reachable: ${words}.`, { cause: error });
  if (TLS_FAULT.test(fault.code) || BEFORE_TLS.test(fault.message)) {
    const text = `No secure connection to Odoo at ${base}: ${fault.message}. Check the certificate, or give its authority in the TLS settings.`;
    return new OdooError('unavailable', text, { cause: error });
  }
  const what = timedOut ? `gave no answer within ${seconds} seconds` : `cut the connection before it answered (${fault.message})`;
  return new OdooError(
    'unknown-outcome',
    `Outcome unknown: Odoo at ${base} ${what}; whether it did what was asked is not known.`,
    {
      cause: error,
    },
  );
}

/** A connection that tried several addresses fails with an AggregateError; its first part says why. */
function innermost(error: unknown): { code: string; message: string } {
  const outer = error as { code?: string; message?: string; cause?: unknown; errors?: unknown[] };
  const inner = outer.errors?.[0] ?? (outer.code ? undefined : outer.cause);
  if (inner) return innermost(inner);
  return { code: String(outer.code ?? ''), message: String(outer.message ?? error) };
}
