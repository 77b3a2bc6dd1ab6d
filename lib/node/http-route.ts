import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { NodeAPI } from 'node-red';

/** Answers one request, reading its body as a stream. */
export type RouteHandler = (request: IncomingMessage, response: ServerResponse) => void | Promise<void>;

/** Who answers which path now. Express cannot take a route away, so a route is made once and this table changes. */
const handlers = new Map<string, RouteHandler>();
const routes = new WeakSet<object>();
const served = new Set<string>();

/** The type that a body came with, while it is kept from whoever would parse it. */
const GIVEN = Symbol('content-type');
type Shielded = IncomingMessage & { [GIVEN]?: string | undefined };
const shielding = new WeakSet<object>();

/**
 * Node-RED's editor parses every JSON body, of 5 MB at most, before a flow's route sees the request. On its way there a
 * body of ours is of a type that it leaves alone.
 */
function shield(RED: NodeAPI): void {
  const server = RED.server as Server | undefined;
  if (!server || shielding.has(server)) return;
  shielding.add(server);
  const root = (RED.settings.httpNodeRoot || '/').replace(/\/*$/, '');
  server.prependListener('request', (request: Shielded) => {
    const path = request.url?.split('?', 1)[0] ?? '';
    if (request.method !== 'POST' || !path.startsWith(root) || !handlers.has(path.slice(root.length))) return;
    request[GIVEN] = request.headers['content-type'];
    if (request[GIVEN]) request.headers['content-type'] = 'application/octet-stream';
  });
}

/**
 * Answers `POST <path>` under Node-RED's HTTP root, behind its authentication and middleware. The core `http in` node
 * holds a whole body in memory before the flow sees it, without a limit; here the handler gets the stream.
 * Returns what takes the handler away again. Throws when another node already answers the path.
 */
export function servePost(RED: NodeAPI, path: string, handler: RouteHandler): () => void {
  if (handlers.has(path)) throw new Error(`Another node already answers POST ${path}. Give this one a path of its own.`);
  shield(RED);
  if (!routes.has(RED.httpNode)) {
    routes.add(RED.httpNode);
    served.clear();
  }
  if (!served.has(path)) {
    served.add(path);
    const middleware = RED.settings.httpNodeMiddleware ?? [];
    RED.httpNode.post(path, middleware as never, (request, response, next) => {
      const current = handlers.get(path);
      if (!current) return next();
      Promise.resolve()
        .then(() => {
          const given = (request as unknown as Shielded)[GIVEN];
          if (given) request.headers['content-type'] = given;
          return current(request, response);
        })
        .catch(next);
    });
  }
  handlers.set(path, handler);
  return () => {
    if (handlers.get(path) === handler) handlers.delete(path);
  };
}
