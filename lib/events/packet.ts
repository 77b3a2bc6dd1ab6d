/** What of an MQTT message an event is read from. */
export type Packet = {
  readonly topic: string;
  readonly payload: Buffer;
  /** MQTT 5 only. */
  readonly contentType?: string | undefined;
  readonly userProperties?: Readonly<Record<string, string | readonly string[]>> | undefined;
};

/** A payload that no event can be made of; the message is for a person. */
export class UnreadableEvent extends Error {
  override readonly name = 'UnreadableEvent';
  readonly field: string | undefined;
  constructor(message: string, field?: string) {
    super(message);
    this.field = field;
  }
}
