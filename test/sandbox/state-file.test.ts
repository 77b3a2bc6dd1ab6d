import assert from 'node:assert/strict';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { calledSandbox } from './calling.ts';

describe("the stand-in's state file", () => {
  let folder: string;
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'sandbox-state-'));
  });
  after(() => rm(folder, { recursive: true }));

  it('brings back what was written, and the numbers that were given', async () => {
    const stateFile = join(folder, 'deep', 'state.json');
    const first = await calledSandbox({ stateFile });
    const [id] = await first.call<number[]>('res.partner', 'create', { vals_list: [{ name: 'Kept' }] });
    const number = async (odoo: typeof first) => {
      const [order] = await odoo.call<number[]>('sale.order', 'create', { vals_list: [{ partner_id: id }] });
      return (await odoo.call<{ name: string }[]>('sale.order', 'read', { ids: [order], fields: ['name'] }))[0]!.name;
    };
    assert.equal(await number(first), 'S00003');
    await first.sandbox.close();

    const second = await calledSandbox({ stateFile });
    assert.deepEqual(await second.call('res.partner', 'read', { ids: [id], fields: ['name'] }), [{ id, name: 'Kept' }]);
    assert.equal(await number(second), 'S00004');
    await second.sandbox.close();
    assert.deepEqual(await readdir(join(folder, 'deep')), ['state.json']);
  });
});
