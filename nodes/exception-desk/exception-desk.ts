import type { Node, NodeAPI, NodeDef } from 'node-red';
import { type Answer, answerWith } from '../../lib/node/answer.ts';
import { mappingNodes, serverOf, storeOf } from '../../lib/node/config-nodes.ts';
import { requestOf } from '../../lib/node/identity.ts';
import { onInput } from '../../lib/node/input.ts';
import { setUp } from '../../lib/node/set-up.ts';
import { parseSettings } from '../../lib/node/settings.ts';
import { showStatus, troubles } from '../../lib/node/status.ts';
import type { FlowMessage } from '../../lib/node/types.ts';
import { answer } from './answer.ts';
import { askedBy } from './request.ts';
import { roundsOf } from './rounds.ts';
import { Settings } from './settings.ts';

/** The exception desk: what stands in the way, by its cause; what people do about it; finds out what is mended. */
export default function (RED: NodeAPI): void {
  RED.nodes.registerType('exception-desk', function (this: Node, config: NodeDef) {
    RED.nodes.createNode(this, config);
    setUp(RED, this, () => {
      const settings = parseSettings(Settings, config);
      const self = `exception-desk:${this.id}`;
      const rounds = () =>
        roundsOf({
          store: storeOf(RED, settings.store),
          server: settings.server ? serverOf(RED, settings.server) : undefined,
          mappers: (mapping) => mappingNodes(RED, mapping).map((node) => (records) => node.map(records)),
          settings,
          who: self,
          onNotice: ({ what, exception }) => this.send([null, { topic: what, payload: exception, exception: exception.id }]),
        });
      if (settings.everyMinutes > 0) {
        const store = storeOf(RED, settings.store);
        const trouble = troubles(RED, this)('rounds');
        const started = rounds().start((looked) => {
          trouble.over();
          if (looked) showStatus(RED, this, 'done', 'mended', { count: looked.mended.length, looked: looked.looked });
        }, trouble.tell);
        this.on('close', (done: () => void) => {
          const stopped = started.stop();
          store.keepFor(stopped);
          void stopped.finally(done);
        });
      }

      const find = async (message: FlowMessage): Promise<Answer> => {
        const node = storeOf(RED, settings.store);
        const { action, ...asked } = askedBy(message, settings.action);
        const request = requestOf(message);
        // Over HTTP the request says who it is, never what it brings.
        const who = request ? node.identifier().identify(request).name : `node:${this.id}`;
        if (action === 'escalate') return { statusCode: 200, payload: await rounds().escalate() };
        if (action === 'look') return { statusCode: 200, payload: await rounds().look(serverOf(RED, settings.server)) };
        const given = await answer((await node.open()).desk, { ...asked, action }, who);
        if (action === 'redrive' && given.statusCode === 202) node.inFlow.released();
        if (given.statusCode >= 400) showStatus(RED, this, 'failed', 'declined');
        else showStatus(RED, this, 'done', action, { count: Array.isArray(given.payload) ? given.payload.length : 1 });
        return given;
      };

      onInput(
        RED,
        this,
        (message, send) =>
          answerWith(
            message,
            (answered) => send([answered, null]),
            () => find(message),
          ),
        [settings.store, settings.server].filter(Boolean),
      );
    });
  });
}
