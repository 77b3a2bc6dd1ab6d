import type { Node, NodeAPI, NodeDef } from 'node-red';
import { v7 as uuidv7 } from 'uuid';
import { serverOf, storeOf } from '../../lib/node/config-nodes.ts';
import { SettingsError } from '../../lib/node/errors.ts';
import { onInput } from '../../lib/node/input.ts';
import { parseSettings } from '../../lib/node/settings.ts';
import { showStatus } from '../../lib/node/status.ts';
import { isOurTurn } from '../../lib/node/timed-turn.ts';
import type { FlowMessage, Send } from '../../lib/node/types.ts';
import { groupedTotals } from '../../lib/odoo/grouped.ts';
import { count, type OdooRecord, searchPages } from '../../lib/odoo/pages.ts';
import { Settings } from './settings.ts';

/** Settings that a message may give instead of the form. */
const OVERRIDES = ['model', 'domain', 'fields', 'order', 'limit', 'groupBy', 'aggregates', 'context'] as const;

/** Reads from Odoo: records in pages as a message sequence, totals by group, or a count; by the clock, on one instance of several. */
export default function (RED: NodeAPI): void {
  RED.nodes.registerType('odoo-read', function (this: Node, config: NodeDef) {
    RED.nodes.createNode(this, config);
    const { server = '', store = '' } = config as NodeDef & { server?: string; store?: string };

    onInput(
      RED,
      this,
      async (message, send, signal) => {
        const given = Object.fromEntries(
          OVERRIDES.filter((name) => message[name] !== undefined).map((name) => [name, message[name]]),
        );
        const settings = parseSettings(Settings, { ...config, ...given });
        if (!settings.model) throw new SettingsError('No model is set: say which of Odoo’s models is read.');
        const { store: shared, turnSeconds } = settings;
        if (shared && !(await isOurTurn(storeOf(RED, shared), `odoo-read:${this.id}`, turnSeconds, message)))
          return showStatus(RED, this, 'idle', 'elsewhere');
        const client = serverOf(RED, settings.server).client();
        showStatus(RED, this, 'working', 'reading');
        if (settings.operation === 'count') {
          const total = await count(client, settings);
          send({ ...message, payload: total });
          showStatus(RED, this, 'done', 'counted', { count: total });
        } else if (settings.operation === 'group') {
          const { limit, ...question } = settings;
          const groups = await groupedTotals(client, { ...question, ...(limit ? { limit } : {}) });
          send({ ...message, payload: groups });
          showStatus(RED, this, 'done', 'read', { count: groups.length });
        } else {
          const total = await sendPages(searchPages(client, { ...settings, signal }), message, send);
          showStatus(RED, this, 'done', 'read', { count: total });
        }
      },
      [server, store],
    );
  });
}

/** Sends each page as a part of a sequence. The last one is known only when the next is asked for, so one is held back. */
async function sendPages(pages: AsyncIterable<OdooRecord[]>, message: FlowMessage, send: Send): Promise<number> {
  const id = uuidv7();
  let held: OdooRecord[] = [];
  let index = -1;
  let total = 0;
  for await (const page of pages) {
    if (index >= 0) send({ ...message, payload: held, parts: { id, index, type: 'array' } });
    held = page;
    index++;
    total += page.length;
  }
  const last = Math.max(0, index);
  send({ ...message, payload: held, parts: { id, index: last, count: last + 1, type: 'array' } });
  return total;
}
