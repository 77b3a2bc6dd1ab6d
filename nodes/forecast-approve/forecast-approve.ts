import type { Node, NodeAPI, NodeDef } from 'node-red';
import { plantDate } from '../../lib/canonical/period.ts';
import { VersionCollector } from '../../lib/forecast/versions/collect.ts';
import { placeOf, recordsOf } from '../../lib/node/batch.ts';
import { serverOf, storeOf } from '../../lib/node/config-nodes.ts';
import { SettingsError } from '../../lib/node/errors.ts';
import { onInput } from '../../lib/node/input.ts';
import { runContext } from '../../lib/node/run-context.ts';
import { needSameStore, takenOver } from '../../lib/node/run-lease.ts';
import { setUp } from '../../lib/node/set-up.ts';
import { parseSettings } from '../../lib/node/settings.ts';
import { showStatus, troubles } from '../../lib/node/status.ts';
import type { Version } from '../../lib/store/versions/read.ts';
import { startDeadlines } from './deadlines.ts';
import { startVersionEmitter } from './emitter.ts';
import { judge } from './judge.ts';
import { startOdooWork } from './odoo-work.ts';
import { messageOf } from './part-message.ts';
import { Settings } from './settings.ts';

/** Makes a version of a run's accepted lines, and releases it: by itself within the limits, else once somebody approves it. */
export default function (RED: NodeAPI): void {
  RED.nodes.registerType('forecast-approve', function (this: Node, config: NodeDef) {
    RED.nodes.createNode(this, config);
    setUp(RED, this, () => {
      const settings = parseSettings(Settings, config);
      const queue = `forecast-approve:${this.id}`;
      const store = storeOf(RED, settings.store);
      const server = serverOf(RED, settings.server);
      const today = () => plantDate(server.zone);
      const troubleOf = troubles(RED, this);
      const [emitting, working, waiting] = [troubleOf('emitting'), troubleOf('working'), troubleOf('waiting')];
      const tell = (topic: string, version: Version) => this.send([null, { topic, payload: version, version: version.id }]);

      const emitter = startVersionEmitter({
        store,
        queue,
        leaseSeconds: settings.leaseSeconds,
        day: today,
        everything: settings.unchanged === 'write',
        zeroGone: settings.gone === 'zero',
        emit: (part) => {
          const { version } = part;
          const isPreview = part.kind === 'preview';
          if (isPreview && part.index === 0) tell('awaiting-approval', version);
          this.send([messageOf(part, settings.store), null]);
          showStatus(RED, this, 'working', isPreview ? 'previewing' : 'releasing', { version: version.id });
        },
        onTrouble: emitting.tell,
        onRecovered: emitting.over,
      });
      const odooWork = startOdooWork({
        store,
        server,
        queue,
        onDone: (kind, version) => {
          if (kind === 'trace') return showStatus(RED, this, 'done', 'released');
          // Another version may have taken its place before it could be taken back: the audit tells of that.
          if (version.state !== 'rolled-back') return;
          tell('rolled-back', version);
          showStatus(RED, this, 'done', 'rolled_back');
        },
        onTrouble: working.tell,
        onRecovered: working.over,
      });
      const deadlines = startDeadlines({
        store,
        queue,
        expire: settings.onDeadline === 'expire',
        onOverdue: (version) => tell(version.state === 'refused' ? 'expired' : 'escalated', version),
        onTrouble: waiting.tell,
        onRecovered: waiting.over,
      });
      this.on('close', (done: () => void) => {
        const stopped = Promise.all([emitter.stop(), odooWork.stop(), deadlines.stop()]);
        store.keepFor(stopped);
        void stopped.finally(done);
      });

      const collectorOf = runContext(() => new VersionCollector());
      onInput(
        RED,
        this,
        async (message) => {
          const { run, lease, last } = placeOf(message);
          if (!lease || !run)
            throw new SettingsError('Only a run can be approved: begin the flow with forecast-receive, and keep msg.sync.');
          needSameStore(lease, settings.store);
          const collector = collectorOf(message);
          await collector.add(recordsOf(message));
          if (!last) return showStatus(RED, this, 'working', 'collecting');
          const opened = await store.open();
          const items = await collector.items();
          if (items.length === 0) {
            // Nothing is wanted of a file in which nothing was good: the baseline stands.
            await opened.runs.handOver(lease);
            await takenOver(store, lease, message);
            return showStatus(RED, this, 'idle', 'nothing');
          }
          const version = await judge(opened, message, lease, items, { ...settings, queue, today: today() });
          await takenOver(store, lease, message);
          if (version.automatic) showStatus(RED, this, 'done', 'approved', { version: version.id });
          else showStatus(RED, this, 'waiting', 'waiting', { version: version.id });
        },
        [settings.server, settings.store],
      );
    });
  });
}
