/** Each guard is taken out of the code, one at a time: the test that watches it has to fail, and passes with it. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { createRequire } from 'node:module';
import { join } from 'node:path';

const ROOT = join(import.meta.dirname, '..', '..');
const MOCHA = createRequire(import.meta.url).resolve('mocha/bin/mocha.js');

type Guard = {
  readonly name: string;
  readonly file: string;
  readonly find: string;
  readonly replace: string;
  /** The test that watches it. */
  readonly watcher: { readonly file: string; readonly title: string };
};

const GUARDS: readonly Guard[] = [
  {
    name: 'the fencing check of a result',
    file: 'lib/store/context.ts',
    find: "job?.state !== 'running' || job.token !== lease.token",
    replace: "job?.state !== 'running'",
    watcher: { file: 'test/store/jobs.test.ts', title: 'refuses the result of a worker that comes too late' },
  },
  {
    name: 'making sure of the lease before Odoo is changed',
    file: 'lib/delivery/do-write-job.ts',
    find: 'if (!call.readOnly) await confirm();',
    replace: '',
    watcher: {
      file: 'test/delivery/do-write-job.test.ts',
      title: 'sends nothing that changes Odoo once the job is no longer its own',
    },
  },
  {
    name: 'the look-up before a create is sent again',
    file: 'lib/delivery/look-up.ts',
    find: 'found = await lookUp(unknown);',
    replace: 'found = new Map<number, number>();',
    watcher: {
      file: 'test/delivery/apply-write.test.ts',
      title: 'finds by its keys what was created though the answer was lost',
    },
  },
  {
    name: "waiting for Odoo's limit before a create is sent again",
    file: 'lib/delivery/look-up.ts',
    find: 'if (Date.now() < until)',
    replace: 'if (until === 0)',
    watcher: {
      file: 'test/delivery/apply-write.test.ts',
      title: 'sends a lost create again only when Odoo can no longer be at work on it',
    },
  },
  {
    name: 'telling a refused look from the end of an earlier try',
    file: 'lib/delivery/apply-write.ts',
    find: 'if (begun.size > 0 && nothingDone(error)) await note({ atRest: [...begun] });',
    replace: 'if (nothingDone(error)) await note({ atRest: places });',
    watcher: {
      file: 'test/delivery/apply-write.test.ts',
      title: 'does not take it for an answer about an earlier try that Odoo refuses to be looked at',
    },
  },
  {
    name: 'releasing versions in their order',
    file: 'lib/release/emission.ts',
    find: 'if (earlier !== undefined)',
    replace: 'if (earlier === -1)',
    watcher: {
      file: 'test/store/versions.test.ts',
      title: 'releases an old version that had to be tried again before the newer ones',
    },
  },
  {
    name: 'leaving an overtaken version unreleased',
    file: 'lib/store/versions/approval.ts',
    find: 'const newer = await overtakenBy(tx, version, run);',
    replace: 'const newer = undefined as string | undefined;',
    watcher: {
      file: 'test/store/versions.test.ts',
      title: 'is overtaken where a forecast that was accepted later went to Odoo before it',
    },
  },
  {
    name: 'no approval by the one who sent it',
    file: 'lib/store/versions/approval.ts',
    find: 'if (row.requester !== null && row.requester === who)',
    replace: 'if (row.requester === null && row.requester === who)',
    watcher: {
      file: 'test/nodes/forecast-version.test.ts',
      title: 'takes the decision of somebody who is logged in with the permission, never of the one who sent it',
    },
  },
  {
    name: 'taking no request at its word that was put into a message',
    file: 'lib/node/identity.ts',
    find: 'return request instanceof IncomingMessage ? (request as Sent) : {};',
    replace: 'return IncomingMessage && (request as Sent);',
    watcher: {
      file: 'test/nodes/exception-desk.test.ts',
      title: 'takes nobody at the word of a request that somebody put into a message',
    },
  },
  {
    name: 'making sure that the one whom Node-RED let in is its user',
    file: 'lib/node/identity.ts',
    find: "if (typeof basicUser === 'string' && basic !== basicUser) return undefined;",
    replace: '',
    watcher: {
      file: 'test/nodes/identity.test.ts',
      title: 'is nobody else than Node-RED has checked, or its middleware has named',
    },
  },
  {
    name: 'the rest of a job that is cut off time after time',
    file: 'lib/store/cut-off.ts',
    find: 'if (cutOff <= AT_ONCE) return 0;',
    replace: 'if (cutOff >= AT_ONCE) return 0;',
    watcher: {
      file: 'test/store/jobs.test.ts',
      title: 'lets a job that was cut off time after time rest, while what was in hand with it goes on',
    },
  },
  {
    name: 'counting no attempt while Odoo is away',
    file: 'lib/node/emitter.ts',
    find: 'countAttempt: verdict(passage, tries).countAttempt',
    replace: 'countAttempt: true',
    watcher: {
      file: 'test/nodes/emitter.test.ts',
      title: 'counts no attempt where a node failed because Odoo is away, however often',
    },
  },
  {
    name: 'writing down what is sent before it is sent',
    file: 'lib/delivery/sent-once.ts',
    find: 'await save({ sending });',
    replace: '',
    watcher: { file: 'test/delivery/apply-write.test.ts', title: 'finds what was created by a process that was cut off in it' },
  },
  {
    name: 'knowing over all tries what was being sent',
    file: 'lib/delivery/progress.ts',
    find: '[...(piece.unknown ?? []), ...(piece.sending ? [piece.sending] : [])]',
    replace: 'at === pieces.length - 1 && piece.sending ? [piece.sending] : (piece.unknown ?? [])',
    watcher: {
      file: 'test/delivery/replay.test.ts',
      title: 'knows after several tries what the first one was sending when its process ended',
    },
  },
  {
    name: 'what was begun of a record in its dead letter',
    file: 'lib/delivery/applied.ts',
    find: '...(left ? { left } : {})',
    replace: '',
    watcher: {
      file: 'test/delivery/inheritance.test.ts',
      title: 'looks up a create whose answer was lost before the run was replayed',
    },
  },
  {
    name: 'the acknowledgement after the commit',
    file: 'lib/events/inbox.ts',
    find: 'taking = takeOver(',
    replace: 'acknowledge();\n    taking = takeOver(',
    watcher: { file: 'test/events/inbox.test.ts', title: 'gets again what it had not accepted when its process ended' },
  },
  {
    name: 'full synchronisation with the disk',
    file: 'lib/store/sqlite.ts',
    find: "file.pragma('synchronous = FULL');",
    replace: "file.pragma('synchronous = NORMAL');",
    watcher: { file: 'test/store/sqlite.test.ts', title: 'writes ahead, and through to disk' },
  },
  {
    name: 'waiting for an addition whose outcome is not known',
    file: 'lib/delivery/do-write-job.ts',
    find: 'await awaitTurn(store, claimed, job, client.limitMilliseconds);',
    replace: '',
    watcher: {
      file: 'test/delivery/relative-values.test.ts',
      title: 'wait for another one of which it is not known whether it was done',
    },
  },
  {
    name: 'waiting while Odoo is at work on the same record',
    file: 'lib/delivery/turn.ts',
    find: 'if (Date.now() < since + limitMilliseconds) throw new OutOfTurn(since + limitMilliseconds);',
    replace: '',
    watcher: {
      file: 'test/delivery/turn.test.ts',
      title: 'does not create it a second time while Odoo is at work on the first',
    },
  },
  {
    name: 'settling an event only when no node has it in hand',
    file: 'lib/node/follow-messages.ts',
    find: 'const release = onTheWay.get(msg) ?? take(msg);',
    replace: 'onTheWay.get(msg)?.();\n    const release = undefined as (() => void) | undefined;',
    watcher: {
      file: 'test/nodes/events.test.ts',
      title: 'does not settle an event that one branch has taken over while another has it in hand still',
    },
  },
];

describe('taken out, each guard is missed by a test', function () {
  this.timeout(120_000);

  const watch = ({ watcher: { file, title } }: Guard, env: Record<string, string>) => {
    const wanted = title.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
    const { stdout, stderr } = spawnSync(process.execPath, [MOCHA, '--exit', '--reporter', 'json', '-g', wanted, file], {
      cwd: ROOT,
      encoding: 'utf8',
      env: { ...process.env, ...env },
    });
    const report = /^\{\n[\s\S]*^\}/m.exec(stdout)?.[0];
    assert.ok(report, `${stdout}${stderr}`);
    return (JSON.parse(report) as { stats: { passes: number; failures: number } }).stats;
  };

  for (const guard of GUARDS)
    it(guard.name, () => {
      const { name: _, watcher: __, ...broken } = guard;
      const options = `--import=${join(import.meta.dirname, 'support', 'broken-guard.ts')}`;
      const whole = watch(guard, {});
      assert.ok(whole.passes > 0 && whole.failures === 0, `its test does not pass with it: ${JSON.stringify(whole)}`);
      const without = watch(guard, { NODE_OPTIONS: options, FAULTS_BREAK: JSON.stringify(broken) });
      assert.ok(without.failures > 0, 'its test passes without it');
    });
});
