import { StoreError } from '../store/errors.ts';
import { MessageError } from './errors.ts';
import { answerNotAllowed } from './identity.ts';
import type { FlowMessage } from './types.ts';

/** What somebody who asked is answered, over HTTP or by a message. */
export type Answer = { readonly statusCode: number; readonly payload: unknown };

const HEADERS = { 'content-type': 'application/json' };

/**
 * Answers a message with what `find` finds. Whoever asked over HTTP is answered in any case: what was asked wrongly, or by
 * somebody who may not, is said with its status; what the node itself failed with is said, and thrown as well, so that it
 * shows. A message of the flow's own, for which nobody waits, fails with what `find` throws.
 */
export async function answerWith(
  message: FlowMessage,
  send: (answered: FlowMessage) => void,
  find: () => Promise<Answer>,
): Promise<void> {
  const reply = (answer: object) => send({ ...message, headers: HEADERS, ...answer } as FlowMessage);
  let answer: Answer;
  try {
    answer = await find();
  } catch (error) {
    if (!message.req) throw error;
    const failure = answerFor(error as Error);
    reply(failure);
    if (failure.statusCode >= 500) throw error;
    return;
  }
  reply(answer);
}

/** What somebody is answered where an error came of what was asked: below 500 where it lies with who asked, or how. */
export function answerFor(error: Error): Answer {
  if (error instanceof MessageError) return failed(400, error);
  return answerNotAllowed(error) ?? failed(error instanceof StoreError ? 503 : 500, error);
}

function failed(statusCode: number, { message, code }: Error & { code?: unknown }): Answer {
  return { statusCode, payload: { error: message, ...(typeof code === 'string' && statusCode !== 400 ? { code } : {}) } };
}
