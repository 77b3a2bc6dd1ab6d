import { createRequire } from 'node:module';
import { UnreadableEvent } from '../packet.ts';

/** What protobuf read of a message: what was sent stands on it, and nothing else; 64-bit integers by their text. */
export type Message = Readonly<Record<string, unknown>>;

export type Payload = { readonly timestamp?: unknown; readonly seq?: unknown; readonly metrics?: readonly Message[] };

// The package is CommonJS. Its own decoder reads each value twice, which takes for ever where values nest, and gives those
// without a datatype as null; so only what it generated from the format's definition is used.
const { org } = createRequire(import.meta.url)('sparkplug-payload/lib/sparkplugPayloadProto.js') as {
  org: {
    eclipse: { tahu: { protobuf: { Payload: { decode(bytes: Uint8Array): Payload }; DataType: Record<number, string> } } };
  };
};
const protobuf = org.eclipse.tahu.protobuf;

/** Reads what protobuf holds. Throws UnreadableEvent where it holds no payload of Sparkplug B. */
export function decodePayload(bytes: Uint8Array): Payload {
  try {
    return protobuf.Payload.decode(bytes);
  } catch (error) {
    throw new UnreadableEvent(`The payload is not Sparkplug B: protobuf cannot read it (${(error as Error).message}).`);
  }
}

/** The name of a datatype, such as `Int32`; undefined for one that is not known, and for `Unknown`. */
export function datatypeName(datatype: unknown): string | undefined {
  return datatype ? protobuf.DataType[Number(datatype)] : undefined;
}
