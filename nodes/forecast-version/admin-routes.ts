import type { IncomingMessage } from 'node:http';
import type { Request, Response } from 'express';
import type { NodeAPI } from 'node-red';
import { type Answer, answerFor } from '../../lib/node/answer.ts';
import { storeOf } from '../../lib/node/config-nodes.ts';
import type { SyncStoreNode } from '../../lib/node/types.ts';
import { answer } from './answer.ts';
import { askedBy } from './request.ts';
import { type Action, DECISIONS } from './settings.ts';

/**
 * `POST <admin>/planbridge/versions/:store/:version/:action`: a decision by somebody who is logged in to Node-RED and has
 * the permission `planbridge.approve`. `store` is the id of the config node; the body is JSON, such as `{"comment": "…"}`.
 */
export function serveDecisions(RED: NodeAPI): void {
  const decide = async (request: Request): Promise<Answer> => {
    const { store = '', version = '', action = '' } = request.params as Record<string, string>;
    if (!DECISIONS.has(action as Action))
      return { statusCode: 404, payload: { error: `A version can be decided on by: ${[...DECISIONS].join(', ')}.` } };
    if (RED.nodes.getNode(store)?.type !== 'sync-store')
      return { statusCode: 404, payload: { error: `No store with the id ${store.slice(0, 200)} is deployed.` } };
    const node = storeOf(RED, store);
    const who = loggedIn(RED, node, request);
    const message = { req: { params: { version }, query: {} }, payload: request.body } as never;
    const given = await answer(await node.open(), askedBy(message, action as Action), '', who);
    if (given.statusCode < 400) node.inFlow.released();
    return given;
  };
  RED.httpAdmin.post(
    '/planbridge/versions/:store/:version/:action',
    RED.auth.needsPermission('planbridge.approve'),
    (request: Request, response: Response) => {
      decide(request)
        .catch((error: Error) => {
          const failure = answerFor(error);
          if (failure.statusCode >= 500) RED.log.error(`forecast-version: ${error.message}`);
          return failure;
        })
        .then(({ statusCode, payload }) => response.status(statusCode).json(payload));
    },
  );
}

/** Who is logged in to the editor. Where nobody has to log in, nobody is known, and the store's identities decide. */
function loggedIn(RED: NodeAPI, node: SyncStoreNode, request: IncomingMessage): string {
  const { user } = request as IncomingMessage & { user?: { username?: string } };
  if (RED.settings.adminAuth && user?.username) return user.username;
  return node.identifier().approver(request).name;
}
