import assert from 'node:assert/strict';
import { actOn } from '../../../lib/odoo/act.ts';
import { searchAll } from '../../../lib/odoo/pages.ts';
import { updateRecords } from '../../../lib/odoo/update-records.ts';
import { type UpsertOptions, type UpsertPlan, upsertRecords } from '../../../lib/odoo/upsert.ts';
import { onEveryOdoo } from './on-every-odoo.ts';

onEveryOdoo('writing in bulk', (odoo) => {
  const model = 'res.partner';
  const keyed = (from: number, to: number, more: Record<string, unknown> = {}): Record<string, unknown>[] =>
    Array.from({ length: to - from }, (_, at) => ({ ref: odoo.unique(`R${from + at}`), name: `Partner ${from + at}`, ...more }));
  const upsert = (values: Record<string, unknown>[], options: Partial<UpsertOptions> = {}) =>
    upsertRecords(odoo.client, model, values, { keys: ['ref'], ...options });
  const mine = () =>
    searchAll(odoo.client, {
      model,
      domain: [['ref', 'like', odoo.unique('')]],
      fields: ['ref', 'name', 'street', 'color'],
      context: { active_test: false },
    });

  afterEach(async () => {
    const ids = (await mine()).map(({ id }) => id);
    if (ids.length > 0) await odoo.client.call({ model, method: 'unlink', ids });
  });

  it('creates what is new, updates what differs and leaves alone what is equal', async () => {
    const first = await upsert(keyed(0, 20));
    assert.ok(first.every(({ outcome }) => outcome === 'created'));
    const values = keyed(0, 25).map((record, at) => (at < 10 ? { ...record, street: `Street ${at}`, color: at % 2 } : record));
    const second = await upsert(values);
    assert.deepEqual(
      second.map(({ outcome }) => outcome),
      [...Array(10).fill('updated'), ...Array(10).fill('unchanged'), ...Array(5).fill('created')],
    );
    assert.equal(second[3]?.id, first[3]?.id);
    assert.deepEqual(second[3]?.before, { street: false, color: 0 });
    assert.deepEqual(second[3]?.changed, { street: 'Street 3', color: 1 });
    const held = await mine();
    assert.equal(held.length, 25);
    assert.equal(held[9]?.street, 'Street 9');
    assert.ok((await upsert(values)).every(({ outcome }) => outcome === 'unchanged'));
  });

  it('writes one value to many as well as different values to each', async () => {
    await upsert(keyed(0, 60));
    assert.ok((await upsert(keyed(0, 60, { street: 'One street' }))).every(({ outcome }) => outcome === 'updated'));
    assert.ok((await mine()).every(({ street }) => street === 'One street'));
    const cleared = await upsert(keyed(0, 60, { street: false }));
    assert.ok(cleared.every(({ outcome }) => outcome === 'updated'));
    assert.ok((await mine()).every(({ street }) => street === false));
  });

  it('keeps the batch when one record is refused', async () => {
    await upsert(keyed(0, 30));
    const values = keyed(0, 40).map((record, at) => ({ ...record, street: `S${at}` }) as Record<string, unknown>);
    // One that exists and one that is new, both with a country that is not there.
    for (const at of [7, 33]) values[at] = { ...values[at], country_id: 99_999_999 };
    const outcomes = await upsert(values);
    const refused = outcomes.filter(({ outcome }) => outcome === 'refused');
    assert.deepEqual(
      refused.map(({ index }) => index),
      [7, 33],
    );
    for (const { error } of refused) {
      // By the way it is written, Odoo finds that the country is missing, or that a reference is broken.
      assert.ok(error && ['validation', 'not-found'].includes(error.code), error?.code);
      assert.ok(error.message.length > 10);
    }
    assert.equal(outcomes.filter(({ outcome }) => outcome === 'updated').length, 29);
    assert.equal(outcomes.filter(({ outcome }) => outcome === 'created').length, 9);
    const held = await mine();
    assert.equal(held.find(({ name }) => name === 'Partner 7')?.street, false);
  });

  it('refuses a second record with the same key, and one without its key', async () => {
    const [record = {}] = keyed(0, 1);
    const outcomes = await upsert([record, { ...record, name: 'Other' }, { name: 'Keyless' }, { name: 'Keyless', ref: '' }]);
    assert.deepEqual(
      outcomes.map(({ outcome }) => outcome),
      ['created', 'refused', 'refused', 'refused'],
    );
    assert.match(outcomes[1]?.error?.message ?? '', /same ref/);
    assert.match(outcomes[2]?.error?.message ?? '', /no value for ref/);
  });

  it('finds by a number what was written under the same number as text', async () => {
    const [country] = await searchAll(odoo.client, { model: 'res.country', domain: [], fields: ['code'], limit: 1 });
    const keys = ['ref', 'color', 'country_id'];
    const values = keyed(0, 2, { color: '3', country_id: String(country?.id) });
    // Odoo 14 takes no reference as text; it may be asked for by one.
    const created = await upsert(
      values.map((record) => ({ ...record, country_id: country?.id })),
      { keys },
    );
    assert.deepEqual(
      created.map(({ outcome }) => outcome),
      ['created', 'created'],
    );
    const again = await upsert(values, { keys });
    assert.deepEqual(
      again.map(({ outcome }) => outcome),
      ['unchanged', 'unchanged'],
    );
    const [changed] = await upsert([{ ...values[0], street: 'New' }], { keys });
    assert.deepEqual([changed?.outcome, changed?.changed], ['updated', { street: 'New' }]);
  });

  it('fills some fields only where Odoo holds nothing', async () => {
    await upsert([...keyed(0, 1, { street: 'Held' }), ...keyed(1, 2)]);
    const outcomes = await upsert(keyed(0, 3, { street: 'Given' }), { fillEmpty: ['street'] });
    assert.deepEqual(
      outcomes.map(({ outcome }) => outcome),
      ['unchanged', 'updated', 'created'],
    );
    assert.deepEqual(
      (await mine()).map(({ street }) => street),
      ['Held', 'Given', 'Given'],
    );
  });

  it('tells its plan before it writes, and writes nothing in a dry run', async () => {
    await upsert(keyed(0, 2));
    const plans: UpsertPlan[] = [];
    const onPlan = async (plan: UpsertPlan) => {
      assert.equal((await mine()).length, 2);
      plans.push(plan);
    };
    const values = [...keyed(0, 1), ...keyed(1, 2, { street: 'New' }), ...keyed(2, 3)];
    const dry = await upsert(values, { onPlan, dryRun: true });
    assert.deepEqual(
      dry.map(({ outcome }) => outcome),
      ['unchanged', 'updated', 'created'],
    );
    assert.equal((await mine()).length, 2);
    await upsert(values, { onPlan });
    assert.equal((await mine()).length, 3);
    for (const { creates, updates, unchanged } of plans)
      assert.deepEqual([creates.length, updates.length, unchanged.length], [1, 1, 1]);
  });

  it('throws for a field, a model or a method that is not there, instead of refusing each record', async () => {
    await assert.rejects(upsert(keyed(0, 3, { no_such_field: 1 })), { code: 'validation', message: /no_such_field/ });
    await assert.rejects(upsertRecords(odoo.client, 'no.such.model', keyed(0, 3), { keys: ['ref'] }), { code: 'not-found' });
    await assert.rejects(actOn(odoo.client, model, 'no_such_method', [1, 2, 3]), { code: 'not-found' });
  });

  it('updates by id, and refuses an id that is not there', async () => {
    const [made] = await upsert(keyed(0, 1));
    const id = made?.id ?? 0;
    const outcomes = await updateRecords(odoo.client, model, [
      { id, values: { street: 'Changed' } },
      { id: 99_999_999, values: { street: 'X' } },
    ]);
    assert.deepEqual(
      outcomes.map(({ outcome, error }) => error?.code ?? outcome),
      ['updated', 'not-found'],
    );
  });

  it('calls a method on many, and only the one that Odoo refuses is left out', async () => {
    const made = await upsert(keyed(0, 4));
    const ids = made.map(({ id }) => id ?? 0);
    const { ids: done, refused } = await actOn(odoo.client, model, 'write', [...ids, 99_999_999], {
      args: { vals: { street: 'Acted' } },
    });
    assert.deepEqual(done, ids);
    assert.deepEqual(
      refused.map(({ id, error }) => [id, error.code]),
      [[99_999_999, 'not-found']],
    );
    assert.ok((await mine()).every(({ street }) => street === 'Acted'));
  });
});
