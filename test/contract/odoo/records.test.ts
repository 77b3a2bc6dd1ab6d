import assert from 'node:assert/strict';
import { createRecords } from '../../../lib/odoo/create.ts';
import { count, searchAll } from '../../../lib/odoo/pages.ts';
import { onEveryOdoo } from './on-every-odoo.ts';

onEveryOdoo('records', (odoo) => {
  const model = 'res.partner';
  const make = async (values: Record<string, unknown>): Promise<number> => {
    const [made] = await createRecords(odoo.client, model, [values]);
    assert.equal(made?.outcome, 'created', made?.error?.message);
    return made.id ?? 0;
  };
  const read = async (id: number, fields: string[]) => {
    const [record] = await searchAll(odoo.client, { model, domain: [['id', '=', id]], fields, context: { active_test: false } });
    return record;
  };

  it('are created, read, written and deleted', async () => {
    const name = odoo.unique('Räder & "Söhne" <GmbH> ]]> 車輪 🚲');
    const id = await make({ name, street: 'line 1\nline 2', color: 7, is_company: true });
    assert.deepEqual(await read(id, ['name', 'street', 'color', 'is_company']), {
      id,
      name,
      street: 'line 1\nline 2',
      color: 7,
      is_company: true,
    });
    assert.equal(await odoo.client.call({ model, method: 'write', ids: [id], args: { vals: { color: 8 } } }), true);
    assert.equal((await read(id, ['color']))?.color, 8);
    await odoo.client.call({ model, method: 'unlink', ids: [id] });
    assert.equal(await count(odoo.client, { model, domain: [['id', '=', id]] }), 0);
  });

  it('answer empty fields as false and a many2one as id and name', async () => {
    const parent = await make({ name: odoo.unique('Parent'), is_company: true });
    const child = await make({ name: 'Child', parent_id: parent });
    const record = await read(child, ['street', 'parent_id', 'active']);
    assert.deepEqual(record, { id: child, street: false, parent_id: [parent, odoo.unique('Parent')], active: true });
    await odoo.client.call({ model, method: 'unlink', ids: [child, parent] });
  });

  it('answer dates as text, with times in UTC', async () => {
    const [move] = await searchAll(odoo.client, { model: 'stock.move', fields: ['date', 'date_deadline'], limit: 1 });
    assert.match(String(move?.date), /^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d$/);
  });

  it('are found by the context that is sent: archived ones only when asked for', async () => {
    const name = odoo.unique('Archived');
    const id = await make({ name, active: false });
    const search = { model, domain: [['name', '=', name]] };
    assert.equal(await count(odoo.client, search), 0);
    assert.equal(await count(odoo.client, { ...search, context: { active_test: false } }), 1);
    await odoo.client.call({ model, method: 'unlink', ids: [id] });
  });

  it('take a method that answers nothing', async () => {
    const answer = await odoo.client.call({ model: 'stock.picking', method: 'do_unreserve', ids: [] });
    assert.ok(answer === null || typeof answer === 'boolean');
  });
});
