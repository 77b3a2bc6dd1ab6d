import assert from 'node:assert/strict';
import { CalledOff } from '../../lib/delivery/verdict.ts';
import type { Hold } from '../../lib/delivery/worker.ts';
import { type OdooClient, openOdoo } from '../../lib/odoo/client.ts';
import { searchAll } from '../../lib/odoo/pages.ts';
import { doOdooJob } from '../../lib/release/odoo-jobs.ts';
import { openStore, type Store } from '../../lib/store/open.ts';
import { startSandbox } from '../../sandbox/odoo/server.ts';
import { item, versionFlow, wrote } from '../support/version-flow.ts';

const MODEL = 'res.partner';
const BEN = { who: 'ben', comment: 'wrong' };

describe('what a node does in Odoo for a version', () => {
  let sandbox: Awaited<ReturnType<typeof startSandbox>>;
  let odoo: OdooClient;
  let store: Store;
  before(async () => {
    sandbox = await startSandbox();
    const { url, database, login, password } = sandbox;
    odoo = openOdoo({ url, database, login, password });
    store = await openStore({ url: ':memory:' });
  });
  after(async () => {
    await store.close();
    await odoo.close();
    await sandbox.close();
  });
  const { imported, odooJob, released, shown } = versionFlow(
    () => store,
    () => 'plan',
  );
  const hold = (confirm: Hold['confirm'] = async () => {}): Hold => ({ signal: new AbortController().signal, confirm });

  it('changes nothing in Odoo any more once the job is another worker’s', async () => {
    const [partner] = await searchAll(odoo, { model: MODEL, domain: [], fields: ['name', 'street'] });
    assert.ok(partner);
    const version = await imported([item('A', '5')], true);
    const { name, street } = partner;
    await released('2026-12-01', [
      { ...wrote({ street: 'Old Road' }, { street }), model: MODEL, record: partner.id },
      { ...wrote({ name: 'Old name' }, { name }), model: MODEL, record: partner.id, place: 1 },
    ]);
    await store.versions.takeBack(version.id, BEN);
    const job = await odooJob('roll-back', version.id);
    const called = doOdooJob(
      store,
      odoo,
      job,
      hold(async () => {
        throw new CalledOff();
      }),
    );
    await assert.rejects(called, CalledOff);
    const held = async () => {
      const [now] = await searchAll(odoo, { model: MODEL, domain: [['id', '=', partner.id]], fields: ['name', 'street'] });
      return [now?.name, now?.street];
    };
    assert.deepEqual([await held(), (await shown(version.id)).state], [[name, street], 'released']);
    await doOdooJob(store, odoo, job, hold());
    assert.deepEqual([await held(), (await shown(version.id)).state], [['Old name', 'Old Road'], 'rolled-back']);
  });
});
