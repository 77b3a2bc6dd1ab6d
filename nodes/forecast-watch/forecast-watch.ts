import type { Node, NodeAPI, NodeDef } from 'node-red';
import { v7 as uuidv7 } from 'uuid';
import { isInTime, noticesOf } from '../../lib/forecast/watch/notices.ts';
import { weekdaysIn } from '../../lib/forecast/watch/schedule.ts';
import { serverOf, storeOf } from '../../lib/node/config-nodes.ts';
import { onInput } from '../../lib/node/input.ts';
import { setUp } from '../../lib/node/set-up.ts';
import { parseSettings } from '../../lib/node/settings.ts';
import { showStatus } from '../../lib/node/status.ts';
import { Settings } from './settings.ts';
import { settle } from './settle.ts';

const HOUR = 3_600_000;

/** A run whose version waits for approval may fail days after it came in. */
const SEEN_HOURS = 7 * 24;

/** For so long nobody is told of the same thing again. */
const TOLD_SECONDS = 35 * 86_400;

/** Looks, whenever a message comes, whether the forecast of an interface is there in time, and tells once of what is not. */
export default function (RED: NodeAPI): void {
  RED.nodes.registerType('forecast-watch', function (this: Node, config: NodeDef) {
    RED.nodes.createNode(this, config);
    setUp(RED, this, () => {
      const settings = parseSettings(Settings, config);

      onInput(
        RED,
        this,
        async (message, send) => {
          const { versions, runs, turns, desk } = await storeOf(RED, settings.store).open();
          const now = new Date();
          const watched = {
            interface: settings.interface,
            baseline: await versions.baseline(settings.interface),
            runs: await runs.since(settings.interface, now.getTime() - (SEEN_HOURS + settings.freshHours) * HOUR),
          };
          const { zone } = serverOf(RED, settings.server);
          const rules = { ...settings, zone, days: weekdaysIn(settings.days) };
          const notices = noticesOf(watched, rules, now);
          let told = 0;
          for (const { key, notify, subject, refusal } of notices) {
            // A turn that nobody takes again: of all instances, and over restarts, one tells.
            if (!(await turns.take(`forecast-watch:${this.id}:${key}`, TOLD_SECONDS, uuidv7()))) continue;
            told++;
            send({ ...message, topic: subject, to: notify, payload: [refusal] });
          }
          const { baseline } = watched;
          if (baseline && notices.length === 0 && isInTime(watched, rules, now))
            await settle(desk, settings.interface, baseline.id, `forecast-watch:${this.id}`);
          if (told > 0) showStatus(RED, this, 'exceptions', 'told', { count: told });
          else if (notices.length > 0) showStatus(RED, this, 'waiting', 'known', { count: notices.length });
          else showStatus(RED, this, 'done', 'in_time');
        },
        [settings.store, settings.server],
      );
    });
  });
}
