import assert from 'node:assert/strict';
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
    const told = (...names: string[]) => new Map(names.map((metric, at) => [String(at), metric]));

    it('take the place of the birth before, and tell the names that are asked for', async () => {
      const { births } = opened.store;
      await births.replace(place, told('Output', 'Scrap', 'Speed'));
      await births.replace(place, told('Rejects', 'Speed'));
      assert.deepEqual(await births.names(place, ['0', '2', '9']), new Map([['0', 'Rejects']]));
      assert.deepEqual(await births.names(place, []), new Map());
      assert.deepEqual(await births.names({ ...place, device: '' }, ['0']), new Map());
    });

    it('end what the devices said when their edge node is born, and not what those of others said', async () => {
      const { births } = opened.store;
      const other = { ...place, edge: 'acme/edge-10' };
      for (const each of [place, other]) await births.replace(each, told('Output'));
      await births.replace({ ...place, device: '' }, told('Uptime'));
      assert.deepEqual(await births.names(place, ['0']), new Map());
      assert.deepEqual(await births.names(other, ['0']), told('Output'));
    });

    it('are the same whichever of several instances is the last with them', async () => {
      const { births } = opened.store;
      const names = told(...Array.from({ length: 600 }, (_, at) => `m${at}`));
      await Promise.all(Array.from({ length: 8 }, () => births.replace(place, names)));
      assert.deepEqual(await births.names(place, [...names.keys()]), names);
    });
  });
