import assert from 'node:assert/strict';
import { createRecords } from '../../../lib/odoo/create.ts';
import { and, type Domain, or, parseDomain } from '../../../lib/odoo/domain.ts';
import { groupedTotals } from '../../../lib/odoo/grouped.ts';
import { count, searchAll, searchPages } from '../../../lib/odoo/pages.ts';
import { onEveryOdoo } from './on-every-odoo.ts';

onEveryOdoo('searching', (odoo) => {
  const model = 'res.partner';
  let ids: number[];
  let mine: Domain;
  let parent: number;

  before(async () => {
    const [made] = await createRecords(odoo.client, model, [{ name: odoo.unique('Depot'), is_company: true, city: 'Riga' }]);
    parent = made?.id ?? 0;
    const street = odoo.unique('Street');
    // Twelve that share cities and colours, so that an order has ties; every third has no city.
    const values = Array.from({ length: 12 }, (_, at) => ({
      name: `P${String(at).padStart(2, '0')}`,
      street,
      color: at % 3,
      city: at % 3 === 0 ? false : at % 2 ? 'Bonn' : 'Aachen',
      ...(at < 5 ? { parent_id: parent, type: 'other' } : {}),
    }));
    const outcomes = await createRecords(odoo.client, model, values);
    ids = outcomes.map(({ id }) => id ?? 0);
    mine = [['id', 'in', ids]];
  });
  after(async () => {
    await odoo.client.call({ model, method: 'unlink', ids: [...ids, parent] });
  });

  const paged = async (order: string | undefined, pageSize: number, limit?: number) => {
    const sizes: number[] = [];
    const found: number[] = [];
    const options = { model, domain: mine, fields: ['name'], pageSize, ...(order ? { order } : {}), ...(limit ? { limit } : {}) };
    for await (const page of searchPages(odoo.client, options)) {
      sizes.push(page.length);
      found.push(...page.map(({ id }) => id));
    }
    return { sizes, found };
  };

  it('gives each record once, page by page, by id', async () => {
    assert.deepEqual(await paged(undefined, 5), { sizes: [5, 5, 2], found: ids });
    assert.deepEqual((await paged('id desc', 5)).found, ids.toReversed());
    assert.deepEqual(await paged(undefined, 5, 7), { sizes: [5, 2], found: ids.slice(0, 7) });
  });

  it('gives each record once in orders with ties, empty values and times', async () => {
    for (const order of [
      'color',
      'color desc, name desc',
      'city',
      'city desc',
      'write_date',
      'write_date desc',
      'parent_id, id desc',
    ]) {
      const { found } = await paged(order, 5);
      const whole = await odoo.client.call({
        model,
        method: 'search',
        args: { domain: mine, order: order.endsWith('id desc') ? order : `${order}, id` },
      });
      assert.deepEqual(found, whole, order);
      assert.equal(new Set(found).size, 12, order);
    }
  });

  it('keeps to the limit in any order', async () => {
    assert.deepEqual((await paged('name desc', 5, 7)).found, ids.toReversed().slice(0, 7));
  });

  it('understands and, or, not and paths through a many2one', async () => {
    const names = async (...domains: Domain[]) =>
      (await searchAll(odoo.client, { model, domain: and(mine, ...domains), fields: ['name'] })).map(({ name }) => name);
    assert.deepEqual(await names([['color', '=', 0]], [['city', '=', false]]), ['P00', 'P03', 'P06', 'P09']);
    assert.deepEqual(await names(or([['name', '=', 'P01']], [['name', '=', 'P02']])), ['P01', 'P02']);
    assert.deepEqual(await names(parseDomain(`['!', '|', ('color', '<', 2), ('name', 'like', 'P1')]`)), ['P02', 'P05', 'P08']);
    assert.deepEqual(await names([['parent_id.city', '=', 'Riga']]), ['P00', 'P01', 'P02', 'P03', 'P04']);
    assert.deepEqual(await names([['parent_id', '=', parent], '!', ['name', 'in', ['P00', 'P01']]]), ['P02', 'P03', 'P04']);
    assert.deepEqual(
      await names([
        ['name', '=ilike', 'p0%'],
        ['color', '!=', 1],
        ['color', '>=', 1],
      ]),
      ['P02', 'P05', 'P08'],
    );
  });

  it('counts', async () => {
    assert.equal(await count(odoo.client, { model, domain: and(mine, [['color', '=', 1]]) }), 4);
  });

  it('gives totals in one shape', async () => {
    const groups = await groupedTotals(odoo.client, {
      model,
      domain: mine,
      groupBy: ['parent_id'],
      aggregates: ['color:sum', 'color:max'],
    });
    const sorted = groups.toSorted((left, right) => Number(left.__count) - Number(right.__count));
    assert.deepEqual(sorted, [
      { parent_id: [parent, odoo.unique('Depot')], 'color:sum': 4, 'color:max': 2, __count: 5 },
      { parent_id: false, 'color:sum': 8, 'color:max': 2, __count: 7 },
    ]);
  });

  it('groups time by where the step begins', async () => {
    const [group] = await groupedTotals(odoo.client, {
      model,
      domain: mine,
      groupBy: ['create_date:year'],
      aggregates: [],
      context: { tz: 'UTC' },
    });
    assert.deepEqual(group, { 'create_date:year': `${new Date().getUTCFullYear()}-01-01 00:00:00`, __count: 12 });
  });
});
