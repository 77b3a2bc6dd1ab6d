import { eventKey, type PlantEvent } from '../canonical/event.ts';
import { cutOffTooOften } from '../delivery/verdict.ts';
import { CATALOGUE } from '../exceptions/catalogue.ts';
import { type Refusal, shortRecord } from '../exceptions/refusal.ts';
import type { AuditEntry } from '../store/audit.ts';
import type { Held } from '../store/context.ts';
import { StoreError } from '../store/errors.ts';
import { EVENT_PRIORITY } from '../store/jobs.ts';
import type { Store } from '../store/open.ts';
import type { Packet } from './packet.ts';
import { packetKey, type Reading, refusalOf } from './read-event.ts';

/** From this try on, what the store fails with for no reason of its own is taken for the message's. */
const LASTING_FROM = 3;

/** What stands in the store of a message: what it was read as. */
type Kept = { readonly topic: string } & Reading;

/** An event, or a message that is none, on its way into the flow. */
export type EmittedEvent = Kept & { readonly key: string; readonly lease: Held };

/**
 * Keeps what a message was read as: when this returns, it is on disk. An event that came before is not kept again; one with the same
 * source and id but other content is kept as an exception, for nobody can tell which of the two is right. So is one that the
 * store did not take however often it was tried (`attempt`, from 1), though it is in order: it would hold up all that come after it.
 * Says whether it is new. Throws StoreError, and what else the store fails with at first.
 */
export async function acceptEvent(
  store: Store,
  { queue, maxAttempts, attempt = 1 }: { queue: string; maxAttempts: number; attempt?: number },
  packet: Packet,
  reading: Reading,
): Promise<boolean> {
  const { topic } = packet;
  const keep = (key: string, payload: Kept) =>
    store.jobs.accept({
      queue,
      kind: 'event',
      key,
      payload,
      priority: EVENT_PRIORITY,
      maxAttempts,
      audit: entryOf(key, payload, queue),
    });
  const refuse = async (refusal: Refusal) => (await keep(packetKey(packet), { topic, refusal })) === 'new';
  if ('refusal' in reading) return refuse(reading.refusal);
  try {
    const accepted = await keep(eventKey(reading.event), { topic, ...reading });
    if (accepted !== 'conflict') return accepted === 'new';
  } catch (error) {
    if (error instanceof StoreError || attempt < LASTING_FROM) throw error;
    return refuse(refusalOf(packet, `The store does not take the event: ${(error as Error).message}.`));
  }
  await refuse(conflictOf(reading.event, topic));
  return false;
}

/** Claims the next event; undefined when there is none. One whose attempts are used up becomes a dead letter. */
export async function nextEvent(
  store: Store,
  { queue, owner, leaseSeconds }: { queue: string; owner: string; leaseSeconds: number },
): Promise<EmittedEvent | undefined> {
  for (;;) {
    const [job] = await store.jobs.claim(queue, { owner, leaseSeconds, limit: 1 });
    if (!job) return undefined;
    const cutOff = cutOffTooOften(job);
    if (!cutOff && job.attempt <= job.maxAttempts) return { ...(job.payload as Kept), key: job.key, lease: job.lease };
    const given = `The event was given to the flow ${job.maxAttempts} times, and did not come through.`;
    const text = `${cutOff?.message ?? given} ${job.error ?? 'Check that the flow leads to odoo-write, exception-route or sync-settle.'}`;
    await store.jobs.bury(job.lease, text);
  }
}

/** What the audit tells of a message once it is on disk. */
function entryOf(key: string, kept: Kept, queue: string): AuditEntry {
  const { topic } = kept;
  if ('refusal' in kept) {
    const { reason, message } = kept.refusal;
    return { who: topic, what: 'event.refused', subject: key, detail: { queue, topic, reason, message } };
  }
  const { source, type, subject } = kept.event;
  return { who: source, what: 'event.accepted', subject: key, detail: { queue, topic, type, subject } };
}

function conflictOf(event: PlantEvent, topic: string): Refusal {
  return {
    reason: 'KEY_CONFLICT',
    stage: 'mapping',
    message: `An event of ${event.source} with the id ${event.id} came before, with other content. ${CATALOGUE.KEY_CONFLICT.action}`,
    record: shortRecord({ ...event }),
    source: topic,
  };
}
