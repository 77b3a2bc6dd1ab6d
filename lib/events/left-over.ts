import { BrokerError } from './errors.ts';
import { type Inbox, type InboxOptions, openInbox } from './inbox.ts';

/** So long after the last message, nothing waits in the session any more: a broker sends all that it may at once. */
const QUIET_MILLISECONDS = 5_000;

/**
 * Ends a session that no topic is for any more: ends its subscriptions, takes in what waits in it, and has the broker forget
 * it. Where the connection breaks off meanwhile, another client may have come in under the id, so the rest is left to the
 * next start.
 */
export function endLeftOver(
  options: Omit<InboxOptions, 'topic' | 'onConnected' | 'onTrouble'>,
  quietMilliseconds = QUIET_MILLISECONDS,
): Pick<Inbox, 'stop'> {
  let timer: NodeJS.Timeout | undefined;
  let connected = false;
  let stopped = false;
  /** A message is being taken in, or waits for the store. */
  let inHand = false;
  const stop = (): Promise<void> => {
    stopped = true;
    clearTimeout(timer);
    return inbox.stop();
  };
  const wait = (): void => {
    clearTimeout(timer);
    if (!stopped && !inHand) timer = setTimeout(() => void inbox.leave().catch(() => undefined), quietMilliseconds);
  };
  const inbox = openInbox({
    ...options,
    async accept(packet, attempt) {
      inHand = true;
      clearTimeout(timer);
      await options.accept(packet, attempt);
      inHand = false;
      wait();
    },
    onConnected() {
      connected = true;
      wait();
    },
    onTrouble(error) {
      if (error instanceof BrokerError && connected) void stop();
    },
  });
  return { stop };
}
