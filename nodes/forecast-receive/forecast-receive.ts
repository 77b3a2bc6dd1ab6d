import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Node, NodeAPI, NodeDef } from 'node-red';
import { acceptRun } from '../../lib/intake/accept.ts';
import { contentTypeOf, watchFolder } from '../../lib/intake/folder.ts';
import { storeOf } from '../../lib/node/config-nodes.ts';
import { servePost } from '../../lib/node/http-route.ts';
import { onInput } from '../../lib/node/input.ts';
import { parseSettings } from '../../lib/node/settings.ts';
import { showFailure, showStatus } from '../../lib/node/status.ts';
import type { RunSummary } from '../../lib/store/summary.ts';
import { type Body, bodyOf } from './body.ts';
import { startEmitter } from './emitter.ts';
import { accepted, type Reply, refused } from './reply.ts';
import { Settings } from './settings.ts';

/** Takes forecasts in over HTTP, from a folder or a message; accepts them once they are on disk, then sends them into the flow. */
export default function (RED: NodeAPI): void {
  RED.nodes.registerType('forecast-receive', function (this: Node, config: NodeDef) {
    RED.nodes.createNode(this, config);
    const settings = parseSettings(Settings, config);
    const queue = `forecast-receive:${this.id}`;
    const maxBytes = settings.maxMegabytes * 1024 * 1024;
    const store = storeOf(RED, settings.store).open();
    const fail = (error: Error) => {
      showFailure(this, error);
      this.error(error);
    };

    const emitter = startEmitter({
      store,
      queue,
      leaseSeconds: settings.leaseSeconds,
      emit: ({ run, interface: name, index, count, rows, lease }) => {
        const sync = { interface: name, run, lease: { ...lease, store: settings.store } };
        this.send([null, { payload: rows, sync, parts: { id: run, index, count, type: 'array' } }]);
      },
      onTrouble: fail,
    });

    const accept = async ({ body, source, contentType }: Body, requester?: string): Promise<RunSummary> => {
      const { interface: name, columns, maxAttempts } = settings;
      const opened = await storeOf(RED, settings.store).open();
      const summary = await acceptRun(opened, body, {
        interface: name,
        source,
        requester,
        contentType,
        columns,
        maxBytes,
        queue,
        maxAttempts,
      });
      showStatus(RED, this, 'done', 'accepted', { count: summary.received });
      emitter.nudge();
      return summary;
    };

    const answer = async (work: Promise<RunSummary>): Promise<Reply> => {
      const reply = await work.then(accepted, refused);
      if (reply.statusCode !== 202) showStatus(RED, this, 'failed', 'refused', { status: reply.statusCode });
      return reply;
    };

    const unserve = settings.path
      ? servePost(RED, settings.path, (request, response) => {
          const user = (request as IncomingMessage & { user?: { username?: string } }).user?.username;
          const body: Body = { body: request, source: settings.path, contentType: request.headers['content-type'] };
          void answer(accept(body, user)).then((reply) => {
            respond(response, reply);
            this.send([reply, null]);
          });
        })
      : () => {};

    const unwatch = settings.folder
      ? watchFolder({
          folder: settings.folder,
          pollSeconds: settings.pollSeconds,
          accept: (body, file) => accept({ body, source: file, contentType: contentTypeOf(file) }),
          summary: async (run) => (await store).runs.summary(run),
          onTrouble: fail,
        })
      : () => Promise.resolve();

    onInput(RED, this, async (message, send) => {
      const reply = await answer(bodyOf(message).then((body) => accept(body)));
      send([{ ...message, ...reply }, null]);
    });

    this.on('close', (done: () => void) => {
      unserve();
      const stopped = Promise.all([emitter.stop(), unwatch()]);
      storeOf(RED, settings.store).keepFor(stopped);
      void stopped.finally(done);
    });
  });
}

function respond(response: ServerResponse, { statusCode, headers, payload }: Reply): void {
  response.writeHead(statusCode, headers).end(JSON.stringify(payload));
}
