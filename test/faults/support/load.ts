import { setTimeout as sleep } from 'node:timers/promises';
import mqtt, { type MqttClient } from 'mqtt';
import { eventKey } from '../../../lib/canonical/event.ts';
import type { RunSummary } from '../../../lib/store/summary.ts';
import type { Chance } from './chance.ts';
import type { Order, Plant } from './plant.ts';

/** What was accepted, by the word of whoever accepted it. */
export type Ledger = {
  /** Forecasts that were answered with 202. */
  readonly runs: string[];
  /** Forecasts that may have been accepted: no answer came. */
  unanswered: number;
  /** Delays that the broker has acknowledged, by the event's key. */
  readonly delays: Map<string, { readonly order: number; readonly minutes: number }>;
  /** Messages that are no events, as they were sent. */
  readonly malformed: Set<string>;
  /** Messages of whatever kind, as they were sent: each ends with one exception. */
  readonly others: Set<string>;
  /** Messages sent, repeated ones included. */
  messages: number;
};

export type LoadOptions = {
  readonly chance: Chance;
  readonly plant: Plant;
  readonly broker: string;
  /** Where Node-RED answers at the moment; undefined while none is meant to. */
  readonly address: () => string | undefined;
  /** Milliseconds between two forecasts; no forecasts where it is left out. */
  readonly forecastEvery?: number;
  readonly eventEvery: number;
};

/** Forecasts and events, sent until it is stopped. */
export type Load = { readonly ledger: Ledger; stop(): Promise<void> };

export const LINES = { received: 6, accepted: 2, held: 2, rejected: 2 };

/** Events that are sent again, of a hundred; and messages that are no events. */
const REPEATED = 30;
const MALFORMED = 3;

/** Begins to send. A forecast without an answer is sent again until there is one; quantities only grow. */
export async function startLoad(options: LoadOptions): Promise<Load> {
  const { chance, plant, address } = options;
  const ledger: Ledger = {
    runs: [],
    unanswered: 0,
    delays: new Map(),
    malformed: new Set(),
    others: new Set(),
    messages: 0,
  };
  const sender = await mqtt.connectAsync(options.broker, { protocolVersion: 5, clientId: 'faults-sender', reconnectPeriod: 100 });
  sender.on('error', () => {});
  const stopping = new AbortController();
  const pause = (milliseconds: number) => sleep(milliseconds, undefined, { signal: stopping.signal }).catch(() => undefined);

  const sendForecasts = async (every: number): Promise<void> => {
    // So much that it has to be ordered, whatever there is already.
    const there = await Promise.all([plant.products.made, plant.products.bought].map((product) => plant.rule(product)));
    let quantity = 1_000 + 5 * Math.ceil(Math.max(...there.map(({ available }) => available)));
    while (!stopping.signal.aborted) {
      quantity += chance.int(0, 20);
      const csv = forecastOf(plant, quantity);
      while (!(await accepted(csv))) {
        if (stopping.signal.aborted) return;
        await pause(50);
      }
      await pause(every);
    }
  };

  const accepted = async (csv: string): Promise<boolean> => {
    const url = address();
    if (!url) return false;
    try {
      const answer = await fetch(`${url}/planning/forecasts`, {
        method: 'POST',
        headers: { 'content-type': 'text/csv' },
        body: csv,
        signal: AbortSignal.timeout(10_000),
      });
      if (answer.status !== 202) return false;
      const { run } = (await answer.json()) as RunSummary;
      ledger.runs.push(run);
      return true;
    } catch (error) {
      // Whether it was accepted nobody knows, unless it did not even get there.
      if (((error as Error).cause as { code?: string } | undefined)?.code !== 'ECONNREFUSED') ledger.unanswered++;
      return false;
    }
  };

  const sendEvents = async (): Promise<void> => {
    ledger.malformed.add(await untilHeard(sender, pause));
    const underWay = new Set<Promise<void>>();
    for (let number = 1; !stopping.signal.aborted; number++) {
      const sending = sendEvent(sender, ledger, chance, plant.orders, number).finally(() => underWay.delete(sending));
      underWay.add(sending);
      await pause(options.eventEvery);
    }
    await Promise.all(underWay);
  };

  const sending = [sendEvents(), ...(options.forecastEvery ? [sendForecasts(options.forecastEvery)] : [])];
  return {
    ledger,
    async stop() {
      stopping.abort();
      await Promise.all(sending);
      await sender.endAsync();
    },
  };
}

const TOPIC = 'acme/WH/assembly/line-1/production-delay';
/** How MQTT 5 says that nobody has subscribed yet, for whom the broker would keep the message. */
const NOBODY = 0x10;

/** Sends a message that is no event until a subscriber is there for it; gives the message. */
async function untilHeard(sender: MqttClient, pause: (milliseconds: number) => Promise<void>): Promise<string> {
  const body = 'is anybody there?';
  for (;;) {
    const acknowledged = new Promise<{ reasonCode?: number }>((resolve) => sender.once('packetreceive', resolve as never));
    await sender.publishAsync(TOPIC, body, { qos: 1 });
    if ((await acknowledged).reasonCode !== NOBODY) return body;
    await pause(100);
  }
}

/** Two lines that go on, two that are held, two that are rejected. */
export function forecastOf({ products: { made, bought, sourceless } }: Plant, quantity: number): string {
  const today = new Date();
  const month = (ahead: number) =>
    new Date(Date.UTC(today.getUTCFullYear(), today.getUTCMonth() + ahead, 1)).toISOString().slice(0, 7);
  return [
    'product,location,period,quantity,uom',
    `${made},WH,${month(1)},${quantity},Units`,
    `${bought},WH,${month(1)},${2 * quantity},Units`,
    `${sourceless},WH,${month(1)},10,Units`,
    `NO-SUCH-PRODUCT,WH,${month(1)},11,Units`,
    `${made},WH,${month(1).slice(0, 4)}-13,15,Units`,
    `${made},WH,${month(1)},-16,Units`,
  ].join('\n');
}

async function sendEvent(
  sender: MqttClient,
  ledger: Ledger,
  chance: Chance,
  orders: readonly Order[],
  number: number,
): Promise<void> {
  const send = async (body: string) => {
    ledger.messages++;
    await sender.publishAsync(TOPIC, body, { qos: 1 });
  };
  if (chance.percent(MALFORMED)) {
    const body = `{"number": ${number}, "id":`;
    await send(body);
    ledger.malformed.add(body);
    return;
  }
  const order = chance.pick(orders);
  const minutes = chance.int(1, 90);
  const event = {
    specversion: '1.0',
    // Its own in this Odoo: a database may have seen the events of another test.
    id: `delay-${orders[0]?.id}-${number}`,
    source: '/acme/WH/assembly/line-1',
    type: 'planbridge.production-delay',
    data: { order: order.name, delayMinutes: minutes },
  };
  const repeated = chance.percent(REPEATED);
  const later = chance.int(0, 3_000);
  await send(JSON.stringify(event));
  ledger.delays.set(eventKey(event), { order: order.id, minutes });
  if (!repeated) return;
  // Late and among others: repeated, and out of order.
  await sleep(later);
  await send(JSON.stringify(event));
}
