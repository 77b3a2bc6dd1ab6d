import assert from 'node:assert/strict';
import { createReadStream } from 'node:fs';
import { mkdir, mkdtemp, readdir, readFile, rename, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { acceptRun } from '../../lib/intake/accept.ts';
import { IntakeError } from '../../lib/intake/errors.ts';
import { type FolderOptions, watchFolder } from '../../lib/intake/folder.ts';
import { openStore, type Store } from '../../lib/store/open.ts';
import type { RunSummary } from '../../lib/store/summary.ts';

const CSV = 'product,location,period,quantity\nA,WH,2027-01,1\n';

describe('the inbox folder', function () {
  this.timeout(20_000);
  let folder: string;
  let store: Store;
  let watches: (() => Promise<void>)[];
  beforeEach(async () => {
    watches = [];
    store = await openStore({ url: ':memory:' });
    folder = await mkdtemp(join(tmpdir(), 'planbridge-folder-'));
  });
  afterEach(async () => {
    await Promise.all(watches.map((stop) => stop()));
    await store.close();
    await rm(folder, { recursive: true });
  });

  const accept: FolderOptions['accept'] = (stream, source, key) =>
    acceptRun(store, stream, { interface: 'test', source, key, maxBytes: 1e6, queue: 'intake', maxAttempts: 1 });
  const watch = (more: Partial<FolderOptions> = {}): Error[] => {
    const troubles: Error[] = [];
    const onTrouble = (error: Error) => void troubles.push(error);
    watches.push(
      watchFolder({ folder, pollSeconds: 0.05, accept, summary: (run) => store.runs.summary(run), onTrouble, ...more }),
    );
    return troubles;
  };
  const drop = (name: string, text = CSV) => writeFile(join(folder, name), text);
  const inside = (...below: string[]): Promise<string[]> => readdir(join(folder, ...below)).catch(() => []);
  const until = async (holds: () => Promise<boolean>) => {
    for (let attempt = 0; attempt < 500; attempt++) {
      if (await holds()) return;
      await sleep(10);
    }
    assert.fail(`it never came: ${await readdir(folder, { recursive: true })}`);
  };
  const isDone = (name: string) => until(async () => (await inside('done')).includes(`${name}.report.json`));
  const runs = () => store.runs.latest();

  it('takes a file in, and leaves it in done/ with its report', async () => {
    await drop('plan.csv');
    watch();
    await isDone('plan.csv');
    const report = JSON.parse(await readFile(join(folder, 'done', 'plan.csv.report.json'), 'utf8')) as RunSummary;
    assert.deepEqual(await runs(), [report.run]);
    assert.deepEqual([(await inside()).toSorted(), await inside('working')], [['done', 'working'], []]);
  });

  it('puts a file that cannot be read into failed/, with the reason', async () => {
    await drop('bad.csv');
    watch({ accept: () => Promise.reject(new IntakeError('empty', 'There is nothing in it.')) });
    await until(async () => (await inside('failed')).includes('bad.csv.report.json'));
    assert.match(await readFile(join(folder, 'failed', 'bad.csv.report.json'), 'utf8'), /nothing in it/);
    assert.deepEqual(await inside('working'), []);
  });

  /** The file of a process that was killed: in its working directory, touched so long ago. */
  const leaveBehind = async (name: string, seconds: number) => {
    const directory = join(folder, 'working', '019.gone');
    await mkdir(directory, { recursive: true });
    await rename(join(folder, name), join(directory, name));
    const then = Date.now() / 1000 - seconds;
    await utimes(directory, then, then);
  };

  it('makes one run of a file that was accepted before its process was killed', async () => {
    await drop('plan.csv');
    await accept(createReadStream(join(folder, 'plan.csv')), 'plan.csv', '019');
    await leaveBehind('plan.csv', 60);
    watch();
    await isDone('plan.csv');
    assert.equal((await runs()).length, 1);
  });

  it('takes up a file that a process which is gone had not accepted, and none that another has in hand', async () => {
    await drop('plan.csv');
    await leaveBehind('plan.csv', 0);
    watch();
    await sleep(300);
    assert.deepEqual(await runs(), []);
    const then = Date.now() / 1000 - 60;
    await utimes(join(folder, 'working', '019.gone'), then, then);
    await isDone('plan.csv');
    assert.equal((await runs()).length, 1);
  });

  it('takes the same file in again when it is dropped again', async () => {
    watch();
    for (const count of [1, 2]) {
      await drop('plan.csv');
      await until(async () => (await runs()).length === count);
    }
    await until(async () => (await inside('done')).length === 4);
  });

  it('tries again what the store did not take, as one run though its answer was lost', async () => {
    await drop('plan.csv');
    let tries = 0;
    const troubles = watch({
      accept: async (...file) => {
        const summary = await accept(...file);
        if (++tries === 1) throw new Error('the answer was lost');
        return summary;
      },
    });
    await isDone('plan.csv');
    assert.deepEqual([tries, troubles.map(({ message }) => message), (await runs()).length], [2, ['the answer was lost'], 1]);
  });

  it('gives each file to one of several that look into the same folder', async () => {
    const names = Array.from({ length: 20 }, (_, at) => `plan-${at}.csv`);
    await Promise.all(names.map((name) => drop(name)));
    const troubles = [1, 2, 3].map(() => watch());
    await until(async () => (await inside('done')).length === 2 * names.length);
    assert.equal((await runs()).length, names.length);
    assert.deepEqual([troubles.flat(), await inside('working')], [[], []]);
  });
});
