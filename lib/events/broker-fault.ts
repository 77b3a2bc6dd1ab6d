import { ErrorWithReasonCode } from 'mqtt';
import { BrokerError } from './errors.ts';

/** Whom we are to the broker, and where it is. */
type Connection = { readonly url: string; readonly clientId: string };

const TLS = /^(ERR_TLS_|ERR_SSL_|CERT_|SELF_SIGNED_|DEPTH_ZERO_|UNABLE_TO_)/;

/** Reason codes of CONNACK (MQTT 5, 3.2.2.2), and below 0x80 those of 3.1.1 (3.2.2.3 there). */
const REFUSED: Readonly<Record<number, (connection: Connection) => string>> = {
  132: () => 'Choose the version of MQTT that it speaks.',
  133: ({ clientId }) => `It does not take the client id ${clientId}. Set another one.`,
  134: () => 'Check user and password.',
  135: () => 'Check user and password, and what the user may do on the broker.',
  138: ({ clientId }) => `It has banned the client id ${clientId}.`,
  1: () => 'Choose the version of MQTT that it speaks.',
  2: ({ clientId }) => `It does not take the client id ${clientId}. Set another one.`,
  4: () => 'Check user and password.',
  5: () => 'Check user and password, and what the user may do on the broker.',
};

/** A broker's address without the credentials that it may hold. */
export function withoutLogin(url: string): string {
  return url.replace(/\/\/[^@/]*@/, '//');
}

/** What an error of the connection means, in words, and without the credentials that an address may hold. */
export function brokerFault(error: Error, connection: Connection): BrokerError {
  if (error instanceof BrokerError) return error;
  const url = withoutLogin(connection.url);
  const { code } = error as { code?: unknown };
  const advice = error instanceof ErrorWithReasonCode ? REFUSED[error.code] : undefined;
  if (advice)
    return new BrokerError('refused', `The broker at ${url} refuses us (${error.message}). ${advice(connection)}`, error);
  if (typeof code === 'string' && TLS.test(code)) {
    const todo = 'Check its certificate, or give its authority in the TLS configuration.';
    return new BrokerError('tls', `No secure connection to the broker at ${url}: ${error.message}. ${todo}`, error);
  }
  return new BrokerError('unavailable', `The broker at ${url} does not answer: ${error.message}.`, error);
}
