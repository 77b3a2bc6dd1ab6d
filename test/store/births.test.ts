import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import type { Birthplace } from '../../lib/store/births.ts';
import { testStores } from '../support/stores.ts';

for (const { name, open } of testStores())
  describe(`births on ${name}`, function () {
    this.timeout(30_000);
    let opened: Awaited<ReturnType<typeof open>>;
    before(async () => {
      opened = await open();
    });
    after(() => opened?.end());
    const place = { queue: 'q', edge: 'acme/edge-1', device: 'press' };
    const node = { ...place, device: '' };
    const unknown = { at: null, bdSeq: null };
    const metrics = (...names: string[]) => names.map((name, at) => ({ name, alias: String(at), datatype: 3 }));
    const told = async (where: Birthplace, ...aliases: string[]) =>
      (await opened.store.births.told(where, { aliases, names: [] })).map(({ name }) => name).toSorted();
    beforeEach(async () => {
      for (const edge of [place.edge, 'acme/edge-10']) await opened.store.births.died({ ...node, edge }, unknown);
    });

    it('take the place of the birth before, and tell the metrics that are asked for', async () => {
      const { births } = opened.store;
      await births.born(place, unknown, metrics('Output', 'Scrap', 'Speed'));
      const unaliased = [
        { name: 'Uptime', alias: '', datatype: 4 },
        { name: 'Shift', alias: '', datatype: null },
      ];
      await births.born(place, unknown, [...metrics('Rejects', 'Speed'), ...unaliased]);
      assert.deepEqual(await told(place, '0', '2', '9'), ['Rejects']);
      assert.deepEqual(await births.told(place, { aliases: [], names: ['Uptime', 'Output'] }), unaliased.slice(0, 1));
      const both = await births.told(place, { aliases: ['0'], names: ['Shift'] });
      assert.deepEqual(both, [...metrics('Rejects'), ...unaliased.slice(1)]);
      assert.deepEqual(await births.told(place, { aliases: [], names: [] }), []);
      assert.deepEqual(await told(node, '0'), []);
    });

    it('keep names as long as a message may have, whatever database it is', async () => {
      const text = () => randomBytes(500).toString('hex');
      const long = { ...place, edge: text() };
      await opened.store.births.born(long, unknown, metrics(text()));
      assert.equal((await told(long, '0')).length, 1);
    });

    it('end what the devices said when their edge node is born, and not what those of others said', async () => {
      const { births } = opened.store;
      const other = { ...place, edge: 'acme/edge-10' };
      for (const each of [place, other]) await births.born(each, unknown, metrics('Output'));
      await births.born(node, unknown, metrics('Uptime'));
      assert.deepEqual(await told(place, '0'), []);
      assert.deepEqual(await told(other, '0'), ['Output']);
    });

    it('are left alone by an older one, and by one of an edge node that came again', async () => {
      const { births } = opened.store;
      const at = (when: number, session = '1') => ({ at: when, bdSeq: session });
      await births.born(node, at(20), metrics('Uptime'));
      await births.born(place, at(30), metrics('Output'));
      await births.born(place, at(29), metrics('Scrap'));
      await births.born(node, at(19, '0'), metrics('Shift'));
      await births.born(node, at(20), metrics('Uptime'));
      assert.deepEqual([...(await told(node, '0')), ...(await told(place, '0'))], ['Uptime', 'Output']);
      await births.born(node, at(21), metrics('Shift'));
      await births.born(place, at(29), metrics('Scrap'));
      assert.deepEqual([...(await told(node, '0')), ...(await told(place, '0'))], ['Shift']);
      await births.born(place, unknown, metrics('Rejects'));
      assert.deepEqual(await told(place, '0'), ['Rejects']);
    });

    it('may be of any time after a death, for the clock may have been set', async () => {
      const { births } = opened.store;
      const at = (when: number) => ({ at: when, bdSeq: null });
      for (const each of [node, place]) await births.born(each, at(50), metrics('Output'));
      await births.died(node, unknown);
      for (const each of [node, place]) await births.born(each, at(10), metrics('Scrap'));
      assert.deepEqual([...(await told(node, '0')), ...(await told(place, '0'))], ['Scrap', 'Scrap']);
    });

    it('end by a death of their own session, and a device by one that is not older', async () => {
      const { births } = opened.store;
      await births.born(node, { at: 20, bdSeq: '5' }, metrics('Uptime'));
      await births.born(place, { at: 20, bdSeq: null }, metrics('Output'));
      await births.died(node, { at: 30, bdSeq: '4' });
      await births.died(place, { at: 19, bdSeq: null });
      assert.deepEqual([...(await told(node, '0')), ...(await told(place, '0'))], ['Uptime', 'Output']);
      await births.died(place, { at: 20, bdSeq: null });
      assert.deepEqual([...(await told(node, '0')), ...(await told(place, '0'))], ['Uptime']);
      // The last will is written before the birth, and so is its time.
      await births.died(node, { at: 19, bdSeq: '5' });
      assert.deepEqual(await told(node, '0'), []);
    });

    it('are the same whichever of several instances is the last with them', async () => {
      const { births } = opened.store;
      const names = Array.from({ length: 600 }, (_, at) => `m${at}`);
      const aliases = names.map((_, at) => String(at));
      await Promise.all(Array.from({ length: 8 }, () => births.born(place, unknown, metrics(...names))));
      assert.deepEqual(await told(place, ...aliases), names.toSorted());
      await Promise.all(
        Array.from({ length: 8 }, (_, at) => births.born(at % 2 ? place : node, unknown, metrics(`only-${at}`, 'and'))),
      );
      assert.equal((await told(place, '0')).length <= 1, true);
      assert.equal((await told(node, '0')).length, 1);
    });
  });
