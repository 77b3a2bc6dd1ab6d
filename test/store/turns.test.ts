import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { openStore } from '../../lib/store/open.ts';
import { mustHave } from '../support/required.ts';
import { testStores } from '../support/stores.ts';

for (const { name, open } of testStores())
  describe(`turns on ${name}`, function () {
    this.timeout(30_000);
    let opened: Awaited<ReturnType<typeof open>>;
    before(async () => {
      opened = await open();
    });
    after(() => opened?.end());
    const take = (turn: string, seconds: number, owner: string) => opened.store.turns.take(turn, seconds, owner);

    it('go to one at a time, and to another once they are over', async () => {
      assert.equal(await take('short', 2, 'a'), true);
      assert.equal(await take('short', 60, 'b'), false);
      await sleep(2_050);
      assert.equal(await take('short', 60, 'b'), true);
      assert.equal(await take('short', 60, 'a'), false);
    });

    it('stay with the one that takes them again before they are over', async () => {
      assert.equal(await take('kept', 1, 'a'), true);
      assert.equal(await take('kept', 60, 'a'), true);
      await sleep(1_050);
      assert.equal(await take('kept', 60, 'b'), false, 'it was over although it was taken again');
    });

    it('are apart from each other', async () => {
      assert.deepEqual([await take('one', 60, 'a'), await take('two', 60, 'b')], [true, true]);
    });
  });

const url = process.env.TEST_POSTGRES_URL;

(mustHave('postgres', url) ? describe : describe.skip)('a turn that several instances want at once', function () {
  this.timeout(30_000);

  it('goes to exactly one of them, also when the clock of one is wrong', async () => {
    const name = `planbridge_turns_${process.pid}_${Date.now()}`;
    const admin = new pg.Client(url);
    await admin.connect();
    await admin.query(`create database ${name}`);
    const address = Object.assign(new URL(url ?? ''), { pathname: `/${name}` }).href;
    const stores = await Promise.all([openStore({ url: address }), openStore({ url: address })]);
    const { now } = Date;
    try {
      for (let turn = 0; turn < 30; turn++) {
        const wanted = Array.from({ length: 6 }, (_, at) => stores[at % 2]!.turns.take(`${turn}`, 60, `instance ${at}`));
        const had = (await Promise.all(wanted)).filter(Boolean);
        assert.equal(had.length, 1, `${had.length} have turn ${turn}`);
      }
      Date.now = () => now() + 3_600_000;
      assert.equal(await stores[1]!.turns.take('0', 60, 'an hour ahead'), false);
    } finally {
      Date.now = now;
      for (const store of stores) await store.close();
      await admin.query(`drop database ${name} with (force)`);
      await admin.end();
    }
  });
});
