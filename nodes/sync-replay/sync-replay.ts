import type { IncomingMessage } from 'node:http';
import type { Node, NodeAPI, NodeDef } from 'node-red';
import { storeOf } from '../../lib/node/config-nodes.ts';
import { MessageError } from '../../lib/node/errors.ts';
import { answerNotAllowed } from '../../lib/node/identity.ts';
import { onInput } from '../../lib/node/input.ts';
import { setUp } from '../../lib/node/set-up.ts';
import { parseSettings } from '../../lib/node/settings.ts';
import { showStatus } from '../../lib/node/status.ts';
import type { FlowMessage } from '../../lib/node/types.ts';
import type { Store } from '../../lib/store/open.ts';
import { type Asked, askedBy } from './request.ts';
import { Settings } from './settings.ts';

type Answer = { readonly statusCode: number; readonly payload: unknown };

/** Lists dead letters, replays them, as they are or edited, or discards them; replays a whole run. */
export default function (RED: NodeAPI): void {
  RED.nodes.registerType('sync-replay', function (this: Node, config: NodeDef) {
    RED.nodes.createNode(this, config);
    setUp(RED, this, () => {
      const settings = parseSettings(Settings, config);
      const answerTo = async (message: FlowMessage): Promise<Answer> => {
        const node = storeOf(RED, settings.store);
        const request = message.req as IncomingMessage | undefined;
        const user = request && node.identifier().identify(request).name;
        const asked = askedBy(message, settings.action, this.id, user);
        const answer = await act(await node.open(), asked);
        // The workers that are in this process begin at once.
        if (asked.action === 'replay' || asked.action === 'replay-run') node.inFlow.released();
        return answer;
      };

      onInput(
        RED,
        this,
        async (message, send) => {
          const answer = await answerTo(message).catch((error: unknown): Answer => {
            const notAllowed = message.req ? answerNotAllowed(error) : undefined;
            if (notAllowed) return notAllowed;
            if (!message.req || !(error instanceof MessageError)) throw error;
            return { statusCode: 400, payload: { error: error.message } };
          });
          send({ ...message, headers: { 'content-type': 'application/json' }, ...answer });
          const { payload, statusCode } = answer;
          const count = Array.isArray(payload) ? payload.length : ((payload as { ids?: string[] }).ids?.length ?? 0);
          if (statusCode >= 400) showStatus(RED, this, 'failed', 'refused');
          else showStatus(RED, this, 'done', statusCode === 202 ? 'replayed' : 'letters', { count });
        },
        [settings.store],
      );
    });
  });
}

async function act(store: Store, asked: Asked): Promise<Answer> {
  return asked.action === 'replay-run' ? replayRun(store, asked) : actOnLetters(store, asked);
}

async function replayRun({ runs }: Store, { run, who }: Asked): Promise<Answer> {
  const answer = await runs.replay(run, who);
  if (!answer) return { statusCode: 404, payload: { error: `There is no run ${run}.` } };
  if ('refused' in answer) return { statusCode: 409, payload: { error: answer.refused } };
  return { statusCode: 202, payload: { ...answer.summary, newer: answer.newer } };
}

async function actOnLetters({ deadLetters }: Store, asked: Asked): Promise<Answer> {
  const { action, filter, one, limit, record, comment, who } = asked;
  if (action === 'list') return { statusCode: 200, payload: await deadLetters.list(filter, limit) };
  if (action === 'groups') return { statusCode: 200, payload: await deadLetters.groups(filter) };
  const ids =
    action === 'replay'
      ? await deadLetters.replay(filter, { who, ...(record ? { record } : {}) })
      : await deadLetters.discard(filter, { who, comment });
  if (one && ids.length === 0)
    return { statusCode: 404, payload: { error: `${filter.ids?.[0]} is no dead letter: perhaps it was replayed or discarded.` } };
  return { statusCode: 200, payload: { [action === 'replay' ? 'replayed' : 'discarded']: ids.length, ids } };
}
