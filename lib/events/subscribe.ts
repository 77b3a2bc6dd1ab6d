import { setTimeout as sleep } from 'node:timers/promises';
import type { MqttClient } from 'mqtt';
import { backoff } from '../delivery/backoff.ts';
import { BrokerError } from './errors.ts';

/** What the session of a client has been subscribed to, kept over restarts. */
export type SessionFilters = {
  /** Notes the filter that is subscribed to next, and tells all others. */
  beside(filter: string | undefined): Promise<readonly string[]>;
  /** They are subscribed to no more. */
  ended(filters: readonly string[]): Promise<void>;
};

export type Subscribing = {
  /** Left out for a session that is to end. */
  readonly topic: string | undefined;
  readonly filters: SessionFilters;
  /** The broker has taken the subscription. */
  readonly onSubscribed: () => void;
  /** The filters cannot be looked up for now; it goes on trying. */
  readonly onTrouble: (error: Error) => void;
};

const LONGEST_WAIT = 10_000;

/**
 * Subscribes to a topic, and ends what the session is subscribed to beside it. A store that does not answer does not keep us
 * from subscribing: the broker then keeps what comes. Throws BrokerError, and what mqtt.js fails with.
 */
export async function subscribeOnly(
  client: MqttClient,
  { topic, filters, onSubscribed, onTrouble }: Subscribing,
  gone: AbortSignal,
): Promise<void> {
  let subscribed = false;
  for (let attempt = 1; !gone.aborted; attempt++) {
    const others = await filters.beside(topic).catch((error: Error) => void onTrouble(error));
    if (gone.aborted) return;
    const ending = others?.length ? client.unsubscribeAsync([...others]) : undefined;
    // Awaited below; a connection that breaks before must not count as unhandled.
    ending?.catch(() => undefined);
    if (!subscribed) {
      if (topic !== undefined) await subscribe(client, topic);
      onSubscribed();
      subscribed = true;
    }
    await ending;
    if (others) return filters.ended(others).catch(onTrouble);
    await sleep(Math.min(LONGEST_WAIT, backoff(attempt)), undefined, { signal: gone }).catch(() => undefined);
  }
}

/** Of what the broker retains, it sends only what a new subscription finds: `rh` 1 (MQTT 5, 3.8.3.1). */
async function subscribe(client: MqttClient, topic: string): Promise<void> {
  const granted = await client.subscribeAsync(topic, { qos: 1, rh: 1 });
  if (granted.some(({ qos }) => qos > 2))
    throw new BrokerError('refused', `The broker does not allow us to subscribe to ${topic}.`);
}
