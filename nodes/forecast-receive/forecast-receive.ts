import { Readable } from 'node:stream';
import type { Node, NodeAPI, NodeDef } from 'node-red';
import { acceptRun } from '../../lib/intake/accept.ts';
import { contentTypeOf, watchFolder } from '../../lib/intake/folder.ts';
import { storeOf } from '../../lib/node/config-nodes.ts';
import { servePost } from '../../lib/node/http-route.ts';
import { ANONYMOUS, type Identifier, requestOf } from '../../lib/node/identity.ts';
import { onInput } from '../../lib/node/input.ts';
import { setUp } from '../../lib/node/set-up.ts';
import { parseSettings } from '../../lib/node/settings.ts';
import { showStatus, troubles } from '../../lib/node/status.ts';
import { StoreError } from '../../lib/store/errors.ts';
import type { RunSummary } from '../../lib/store/summary.ts';
import { type Body, bodyOf } from './body.ts';
import { startRunEmitter } from './emitter.ts';
import { accepted, type Reply, refused, Stopping } from './reply.ts';
import { bodyOfRequest, respond } from './request.ts';
import { Settings } from './settings.ts';

/** Who sent it, where Node-RED knows him; of a file, the key under which it is accepted once. */
type Sent = { readonly requester?: string | undefined; readonly key?: string };

/** Takes forecasts in over HTTP, from a folder or a message; accepts them once they are on disk, then sends them into the flow. */
export default function (RED: NodeAPI): void {
  RED.nodes.registerType('forecast-receive', function (this: Node, config: NodeDef) {
    RED.nodes.createNode(this, config);
    setUp(RED, this, () => {
      const settings = parseSettings(Settings, config);
      const { path, folder, pollSeconds, leaseSeconds, interface: name, columns, maxAttempts } = settings;
      const queue = `forecast-receive:${this.id}`;
      const maxBytes = settings.maxMegabytes * 1024 * 1024;
      const store = storeOf(RED, settings.store);
      const troubleOf = troubles(RED, this);
      const [accepting, emitting, watching] = [troubleOf('accepting'), troubleOf('emitting'), troubleOf('watching')];
      const bodies = new Set<Readable>();
      let closing = false;

      const accept = async ({ body, source, contentType }: Body, { requester, key }: Sent = {}): Promise<RunSummary> => {
        if (closing) throw new Stopping();
        if (body instanceof Readable) bodies.add(body);
        try {
          const how = { interface: name, source, requester, contentType, columns, maxBytes, queue, maxAttempts, key };
          const summary = await acceptRun(await store.open(), body, how);
          accepting.over();
          showStatus(RED, this, 'done', 'accepted', { count: summary.received });
          emitter.nudge();
          return summary;
        } finally {
          if (body instanceof Readable) bodies.delete(body.on('error', () => {}).destroy());
        }
      };

      /** Who sent it; nobody for a message of the flow's own, and where nobody is told apart. */
      const senderOf = (request: Parameters<Identifier['identify']>[0] | undefined): string | undefined => {
        const name = request && store.identifier().identify(request).name;
        return name === ANONYMOUS ? undefined : name;
      };

      const answer = async (work: () => Promise<RunSummary>): Promise<Reply> => {
        const working = Promise.resolve().then(work);
        store.keepFor(working);
        return working.then(accepted, (error: Error) => {
          const reply = refused(error);
          if (error instanceof StoreError) accepting.tell(error);
          else showStatus(RED, this, 'failed', 'refused', { status: reply.statusCode });
          return reply;
        });
      };

      const unserve = path
        ? servePost(RED, path, async (request, response) => {
            const reply = await answer(async () => {
              const requester = senderOf(request);
              return accept(bodyOfRequest(request, maxBytes), { requester });
            });
            respond(request, response, reply);
            this.send([reply, null]);
          })
        : () => {};

      const emitter = startRunEmitter({
        store,
        queue,
        leaseSeconds,
        emit: ({ run, key, interface: named, index, count, rows, lease }) => {
          const sync = { interface: named, run, key, lease: { ...lease, store: settings.store } };
          this.send([
            null,
            { payload: rows, sync, parts: { id: run, index, ...(count === undefined ? {} : { count }), type: 'array' } },
          ]);
        },
        onTrouble: emitting.tell,
        onRecovered: emitting.over,
      });

      const unwatch = folder
        ? watchFolder({
            folder,
            pollSeconds,
            accept: (body, file, key) => accept({ body, source: file, contentType: contentTypeOf(file) }, { key }),
            summary: async (run) => (await store.open()).runs.summary(run),
            onTrouble: (error) => (closing ? undefined : watching.tell(error)),
            onLooked: watching.over,
          })
        : () => Promise.resolve();

      this.on('close', (done: () => void) => {
        closing = true;
        unserve();
        for (const body of bodies) body.destroy(new Stopping());
        const stopped = Promise.all([emitter.stop(), unwatch()]);
        store.keepFor(stopped);
        void stopped.finally(done);
      });

      onInput(RED, this, async (message, send) => {
        const reply = await answer(async () => accept(await bodyOf(message), { requester: senderOf(requestOf(message)) }));
        send([{ ...message, ...reply }, null]);
      });
    });
  });
}
