import { type Packet, UnreadableEvent } from '../packet.ts';
import { objectOf } from './json-text.ts';

const STRUCTURED = /^application\/cloudevents\+json\b/i;
const ATTRIBUTES = ['specversion', 'id', 'source', 'type', 'subject', 'time'] as const;

/** Whether MQTT 5's properties say that it is a CloudEvent. */
export function isCloudEvent({ contentType = '', userProperties }: Packet): boolean {
  return STRUCTURED.test(contentType) || userProperties?.specversion !== undefined;
}

/** A CloudEvent: structured (all in the payload), or binary (attributes in MQTT 5's user properties, the payload its data). */
export function readCloudEvent({ payload, contentType = '', userProperties }: Packet): object {
  if (STRUCTURED.test(contentType) || userProperties?.specversion === undefined) return objectOf(payload);
  if (contentType && !/\bjson\b/i.test(contentType))
    throw new UnreadableEvent(`The CloudEvent's data is ${contentType}; only JSON is understood.`, 'datacontenttype');
  const attributes = ATTRIBUTES.map((name) => [name, [userProperties[name]].flat()[0]]);
  return { ...Object.fromEntries(attributes), data: payload.length > 0 ? objectOf(payload) : {} };
}
