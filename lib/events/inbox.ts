import { setTimeout as sleep } from 'node:timers/promises';
import mqtt, { ErrorWithReasonCode, type IClientOptions, type IPublishPacket, type MqttClient } from 'mqtt';
import { backoff } from '../delivery/backoff.ts';
import { brokerFault } from './broker-fault.ts';
import { BrokerError } from './errors.ts';
import type { Packet } from './packet.ts';
import { type SessionFilters, subscribeOnly } from './subscribe.ts';

export type InboxOptions = {
  /** `mqtt://`, `mqtts://`, `ws://` or `wss://`. */
  readonly url: string;
  /** Names the session that the broker keeps while we are away. */
  readonly clientId: string;
  /** Left out for a session that is to end: it takes in what waits there. */
  readonly topic?: string | undefined;
  readonly filters: SessionFilters;
  /** MQTT 3.1.1 is 4; `auto` is 5, or 3.1.1 for good once the broker has refused 5. */
  readonly version: 'auto' | 4 | 5;
  readonly user?: string | undefined;
  readonly password?: string | undefined;
  readonly tls?: Readonly<Record<string, unknown>>;
  /** For how long the broker keeps the session (MQTT 5). */
  readonly sessionSeconds: number;
  /** Takes a message over durably, at whatever try since it came, from 1. While it fails, the message is not acknowledged. */
  readonly accept: (packet: Packet, attempt: number) => Promise<void>;
  readonly onConnected: () => void;
  /** The broker (BrokerError) or the store does not take us; it goes on trying. */
  readonly onTrouble: (error: Error) => void;
};

export type Inbox = {
  /** Takes no more, waits for what is being taken over, and leaves the session with the broker. */
  stop(): Promise<void>;
  /** Stops, and has the broker forget the session with what waits in it. Rejects where the broker cannot be reached. */
  leave(): Promise<void>;
};

const LONGEST_WAIT = 10_000;
const RECONNECT_MILLISECONDS = 1_000;
/** How long the broker is given to answer, and to close, when we end. */
const ENDING_MILLISECONDS = 2_000;
/** Two clients of one id would throw each other out without end; each leaves the other be for a while. */
const TAKEN_OVER_MILLISECONDS = 30_000;
/** A connection that breaks off sooner was hardly cut by the network. */
const BRIEF_MILLISECONDS = 10_000;
/** MQTT 5, 3.14.2.1: another connection came in with our client id. */
const TAKEN_OVER = 0x8e;

/**
 * One subscription with QoS 1. A message is acknowledged (PUBACK) once `accept` has it on disk, and not before: after a
 * crash, or while the store refuses, the broker keeps it and sends it again.
 */
export function openInbox(options: InboxOptions): Inbox {
  const stopping = new AbortController();
  let connection = new AbortController();
  let taking: Promise<void> = Promise.resolve();
  let subscribing: Promise<void> = Promise.resolve();
  let version: 'asked' | 'refused' | 'settled' = options.version === 'auto' ? 'asked' : 'settled';
  const client: MqttClient = mqtt.connect(options.url, clientOptions(options));

  /** Goes on until the message is accepted; false when the connection that it came by is gone. */
  const takeOver = async (packet: IPublishPacket, gone: AbortSignal): Promise<boolean> => {
    const { contentType, userProperties } = packet.properties ?? {};
    const payload = Buffer.isBuffer(packet.payload) ? packet.payload : Buffer.from(packet.payload);
    for (let attempt = 1; !gone.aborted; attempt++) {
      try {
        await options.accept({ topic: packet.topic, payload, contentType, userProperties }, attempt);
        return true;
      } catch (error) {
        options.onTrouble(error as Error);
        await sleep(Math.min(LONGEST_WAIT, backoff(attempt)), undefined, { signal: gone }).catch(() => undefined);
      }
    }
    return false;
  };

  // What mqtt.js calls for each message; the acknowledgement leaves in the callback.
  client.handleMessage = (packet, acknowledge) => {
    taking = takeOver(packet, AbortSignal.any([connection.signal, stopping.signal])).then((taken) => {
      if (taken) acknowledge();
    });
  };
  /** Whether it was said why this try to connect failed. */
  let said = false;
  /** When it was connected last. */
  let since = 0;
  const trouble = (error: Error) => {
    said = true;
    if (!stopping.signal.aborted) options.onTrouble(brokerFault(error, options));
  };
  client.on('connect', () => {
    connection = new AbortController();
    version = 'settled';
    said = false;
    since = Date.now();
    client.options.reconnectPeriod = RECONNECT_MILLISECONDS;
    const { topic, filters, onConnected: onSubscribed, onTrouble } = options;
    const gone = AbortSignal.any([connection.signal, stopping.signal]);
    subscribing = subscribeOnly(client, { topic, filters, onSubscribed, onTrouble }, gone).catch((error: Error) => {
      if (!said) trouble(error);
    });
  });
  client.on('disconnect', ({ reasonCode }) => {
    if (reasonCode !== TAKEN_OVER) return;
    client.options.reconnectPeriod = TAKEN_OVER_MILLISECONDS;
    const todo = 'Give each instance one of its own, or leave it blank.';
    trouble(new BrokerError('taken-over', `Another client came in under the client id ${options.clientId}. ${todo}`));
  });
  client.on('close', () => connection.abort());
  client.on('error', (error) => {
    if (version !== 'asked' || !refusesVersion(error)) return trouble(error);
    version = 'refused';
    // mqtt.js makes each CONNECT from its options; the next one follows by itself.
    client.options.protocolVersion = 4;
  });
  client.on('offline', () => {
    if (version === 'refused' || said) return;
    // Some brokers, and MQTT 3.1.1, do not say why.
    const perhaps = `; if it does so again and again, another client has our client id ${options.clientId}`;
    trouble(new Error(`the connection broke off${Date.now() - since < BRIEF_MILLISECONDS ? perhaps : ''}`));
  });

  const stop = async (): Promise<void> => {
    stopping.abort();
    await Promise.race([taking, sleep(LONGEST_WAIT)]);
    // The answer to it stands behind a message that was not taken, and mqtt.js would wait for it without end.
    const answered = await Promise.race([subscribing.then(() => true), sleep(ENDING_MILLISECONDS, false)]);
    const ended = client.endAsync(!answered);
    await Promise.race([ended, sleep(ENDING_MILLISECONDS)]);
    client.stream.destroy();
    await ended;
  };

  return {
    stop,
    async leave() {
      await stop();
      // Both versions of MQTT forget a session when its client comes in clean, and keep none for it.
      const { protocolVersion } = client.options;
      const clean = { clean: true, properties: undefined, reconnectPeriod: 0, connectTimeout: ENDING_MILLISECONDS };
      const last = await mqtt.connectAsync(options.url, { ...clientOptions(options), ...clean, protocolVersion }, false);
      await last.endAsync();
      const { topic } = options;
      await options.filters.ended([...(await options.filters.beside(topic)), ...(topic === undefined ? [] : [topic])]);
    },
  };
}

function clientOptions({ clientId, version, user, password, tls, sessionSeconds }: InboxOptions): IClientOptions {
  return {
    clientId,
    clean: false,
    protocolVersion: version === 4 ? 4 : 5,
    resubscribe: false,
    reconnectPeriod: RECONNECT_MILLISECONDS,
    reconnectOnConnackError: true,
    connectTimeout: 10_000,
    ...(version === 4 ? {} : { properties: { sessionExpiryInterval: sessionSeconds } }),
    ...(user ? { username: user } : {}),
    ...(password ? { password } : {}),
    ...tls,
  };
}

/** Whether a broker refused our version of MQTT: with 0x84 (MQTT 5, 3.2.2.2), or 0x01 where it knows only 3.1.1 (3.2.2.3 there). */
function refusesVersion(error: Error): boolean {
  return error instanceof ErrorWithReasonCode && (error.code === 0x84 || error.code === 0x01);
}
