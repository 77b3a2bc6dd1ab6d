import type { Node, NodeAPI, NodeDef } from 'node-red';
import { applyWrite } from '../../lib/delivery/apply-write.ts';
import { conflictsOf, impactOf, settleWrite, type WriteResult } from '../../lib/delivery/write-settlement.ts';
import { placeOf } from '../../lib/node/batch.ts';
import { serverOf, storeOf } from '../../lib/node/config-nodes.ts';
import { SettingsError } from '../../lib/node/errors.ts';
import { type Handler, onInput } from '../../lib/node/input.ts';
import { needSameStore, takenOver } from '../../lib/node/run-lease.ts';
import { setUp } from '../../lib/node/set-up.ts';
import { parseSettings } from '../../lib/node/settings.ts';
import { showStatus, troubles } from '../../lib/node/status.ts';
import type { FlowMessage } from '../../lib/node/types.ts';
import { Settings } from './settings.ts';
import { stagedJob, writeJobOf } from './write-jobs.ts';
import { startWriting } from './writing.ts';

/** Writes to Odoo: durably by default, each batch a job that is tried again until Odoo takes it or refuses it for good. */
export default function (RED: NodeAPI): void {
  RED.nodes.registerType('odoo-write', function (this: Node, config: NodeDef) {
    RED.nodes.createNode(this, config);
    setUp(RED, this, () => {
      const settings = parseSettings(Settings, config);
      const who = `odoo-write:${this.id}`;
      const uses = [settings.server, settings.store].filter(Boolean);

      const messagesOf = (message: object, { outcomes, refusals }: Pick<WriteResult, 'outcomes' | 'refusals'>) => {
        const refused = refusals.length > 0;
        showStatus(RED, this, refused ? 'exceptions' : 'done', 'applied', { count: outcomes.length - refusals.length });
        return [{ ...message, payload: outcomes }, refused ? { ...message, payload: refusals } : null];
      };

      const writeAtOnce: Handler = async (message, send, signal) => {
        const { run, lease } = placeOf(message);
        if (lease)
          throw new SettingsError('A run is written by a durable node only: set this one to be durable, and choose its store.');
        const job = writeJobOf(message, config);
        showStatus(RED, this, 'working', 'applying', { count: job.records.length });
        // Opened first: what could not be audited is not written.
        const audit = settings.store ? (await storeOf(RED, settings.store).open()).audit : undefined;
        const outcomes = await applyWrite({ client: serverOf(RED, settings.server).client(), job, signal });
        const result = settleWrite(job, outcomes, { run, who });
        send(messagesOf(message, result));
        for (const entry of result.audit ?? []) await audit?.append(entry);
      };
      if (!settings.durable) return onInput(RED, this, writeAtOnce, uses);

      const troubleOf = troubles(RED, this);
      const [failing, away, storing] = [troubleOf('failing'), troubleOf('away'), troubleOf('storing')];
      const writing = startWriting({
        store: storeOf(RED, settings.store),
        server: serverOf(RED, settings.server),
        who,
        onBegin: (count) => {
          storing.over();
          showStatus(RED, this, 'working', 'applying', { count });
        },
        onSettled: (sync, result) => {
          away.over();
          failing.over();
          this.send(messagesOf({ sync }, result));
        },
        onFailed: (sync, error, buried) => {
          if (buried) failing.over();
          const { code } = error as { code?: string };
          (code === 'unavailable' ? away : failing).tell(error, { sync });
        },
        onPaused: (ms) => away.show('paused', { count: Math.ceil(ms / 1000) }),
        onResumed: away.over,
        onTrouble: storing.tell,
        onRecovered: storing.over,
      });
      this.on('close', (done: () => void) => void writing.stop().finally(done));

      /** A version that waits for approval is only tried: what its release would change is kept with it. */
      const preview = async (message: FlowMessage, version: string, signal: AbortSignal) => {
        const job = { ...writeJobOf(message, config), dryRun: true };
        const { index, lease } = placeOf(message);
        const node = storeOf(RED, settings.store);
        const outcomes = await applyWrite({ client: serverOf(RED, settings.server).client(), job, signal });
        await (await node.open()).versions.addPreview(version, `${who}/${index}`, impactOf(job, outcomes));
        if (lease) await takenOver(node, lease, message);
        showStatus(RED, this, 'done', 'tried', { count: outcomes.length });
      };

      const stage: Handler = async (message, send, signal) => {
        if (message.sync?.preview) return preview(message, message.sync.preview, signal);
        const job = writeJobOf(message, config);
        const { last, lease } = placeOf(message);
        needSameStore(lease, settings.store);
        const node = storeOf(RED, settings.store);
        const { jobs, runs } = await node.open();
        const staged = stagedJob(message, job, who, settings.maxAttempts);
        if (job.records.length > 0 && (await jobs.add([staged], lease)).length > 0) {
          showStatus(RED, this, 'exceptions', 'conflict');
          send([null, { ...message, payload: conflictsOf(job, staged.key) }]);
        }
        if (lease && last) {
          await runs.handOver(lease, job);
          if ((await takenOver(node, lease, message)) === 'waiting') showStatus(RED, this, 'waiting', 'waiting');
        }
        writing.nudge();
      };
      onInput(RED, this, stage, uses);
    });
  });
}
