/** Master data read from the sandbox and from every real Odoo there is: the versions keep the same facts in different fields. */
import assert from 'node:assert/strict';
import { Many2one } from '../../lib/forecast/master-data/answers.ts';
import { type MasterDataSettings, masterData } from '../../lib/forecast/master-data.ts';
import { openRun } from '../../lib/forecast/run.ts';
import { DemandCollector } from '../../lib/forecast/targets/demand.ts';
import { reorderingRules } from '../../lib/forecast/targets/reordering-rules.ts';
import { wantedOf } from '../../lib/forecast/targets/wanted.ts';
import { convert } from '../../lib/forecast/units.ts';
import { validateLines } from '../../lib/forecast/validation.ts';
import { type Call, type OdooClient, openOdoo } from '../../lib/odoo/client.ts';
import { searchAll } from '../../lib/odoo/pages.ts';
import { odooServers } from '../support/servers.ts';

const TODAY = '2026-11-30';
/** Products that each kind of database has: made, bought, and with no source of supply. */
const PRODUCTS = {
  sandbox: { made: ['BIKE-CITY'], bought: ['TYRE-28'], sourceless: 'POSTER-26' },
  odoo: { made: ['FURN_9666', 'FURN_8522'], bought: ['FURN_6666', 'FURN_8888'], sourceless: 'FURN_0096' },
};

/** The client, with a list of what is called through it. */
function counted(client: OdooClient): { client: OdooClient; calls: Call[] } {
  const calls: Call[] = [];
  const call = (given: Call) => {
    calls.push(given);
    return client.call(given);
  };
  return { client: { ...client, call }, calls };
}

for (const target of odooServers()) {
  describe(`master data of ${target.name}`, function () {
    this.timeout(60_000);
    const { made, bought, sourceless } = target.name === 'sandbox' ? PRODUCTS.sandbox : PRODUCTS.odoo;
    let odoo: OdooClient;

    before(async () => {
      const { url, database, login, password, apiKey } = await target.start();
      odoo = openOdoo({ url, database, login, password, ...(apiKey ? { apiKey } : {}) });
    });
    after(async () => {
      await odoo?.close();
      await target.stop();
    });

    /** A view of its own: nothing read before is believed. */
    const view = (products: string[], settings: Partial<MasterDataSettings> = {}, client = counted(odoo).client) =>
      masterData(client, settings).load(
        products.map((product) => ({ product })),
        TODAY,
      );
    const create = async (model: string, values: Record<string, unknown>) => {
      const [id] = [await odoo.call({ model, method: 'create', args: { vals_list: [values] } })].flat();
      return id as number;
    };
    const templateOf = async (id: number) => {
      const [row] = await searchAll(odoo, {
        model: 'product.product',
        domain: [['id', '=', id]],
        fields: ['product_tmpl_id'],
        context: { active_test: false },
      });
      return Many2one.parse(row?.product_tmpl_id) ?? assert.fail(`product ${id} has no template`);
    };
    const product = async (code: string, values: Record<string, unknown> = {}) => {
      const id = await create('product.product', { name: code, default_code: code, ...values });
      return { id, template: await templateOf(id) };
    };
    const partner = async (name: string) => create('res.partner', { name });
    const supplierLine = async (template: number, vendor: number, values: Record<string, unknown>) => {
      const field = (await (await odoo.profile()).hasField('product.supplierinfo', 'partner_id')) ? 'partner_id' : 'name';
      return create('product.supplierinfo', { product_tmpl_id: template, [field]: vendor, ...values });
    };

    it('knows what is made, what is bought and what is neither', async () => {
      const master = await view([...made, ...bought, sourceless, 'NO-SUCH-PRODUCT']);
      for (const code of made) assert.equal(master.standing(code, 'WH', undefined).supply?.kind, 'manufacture', code);
      for (const code of bought) assert.equal(master.standing(code, 'WH', undefined).supply?.kind, 'buy', code);
      assert.equal(master.standing(sourceless, 'WH', undefined).supply?.kind, 'none');
      assert.equal(master.standing('NO-SUCH-PRODUCT', 'WH', undefined).product.is, 'unknown');
      assert.equal(master.standing(made[0]!, 'NOWHERE', undefined).warehouse.is, 'unknown');
    });

    it('reads what is expected along with what is asked for', async () => {
      const { client, calls } = counted(odoo);
      const data = masterData(client, {});
      data.expect([...made, ...bought].map((product) => ({ product })));
      await data.load([{ product: sourceless }], TODAY);
      const read = calls.length;
      const master = await data.load([{ product: made[0] }, { product: bought[0] }], TODAY);
      assert.equal(master.standing(made[0]!, 'WH', undefined).supply?.kind, 'manufacture');
      assert.equal(master.standing(bought[0]!, 'WH', undefined).supply?.kind, 'buy');
      assert.equal(calls.length, read);
    });

    it('knows a product’s group by the complete name of its category', async () => {
      const parent = await create('product.category', { name: 'Planbridge' });
      const category = await create('product.category', { name: 'Group', parent_id: parent });
      await product('PB-GROUPED', { categ_id: category });
      const { product: found } = (await view(['PB-GROUPED'])).standing('PB-GROUPED', 'WH', undefined);
      assert.equal(found.is === 'one' && found.product.group, 'Planbridge / Group');
    });

    it('converts dozens to units, archived or not, and nothing to kilograms', async () => {
      const master = await view(made);
      const { unit, conversion } = master.standing(made[0]!, 'WH', 'Dozens');
      assert.equal(unit?.is, 'convertible');
      assert.equal(convert('2.5', conversion), '30');
      assert.equal(master.standing(made[0]!, 'WH', 'kg').unit?.is, 'mismatch');
      assert.equal(master.standing(made[0]!, 'WH', 'Furlongs').unit?.is, 'unknown');
    });

    it('asks a handful of times, however many lines and products there are, and not again', async () => {
      const { client, calls } = counted(odoo);
      const data = masterData(client);
      await odoo.profile();
      const codes = Array.from({ length: 1_000 }, (_, at) => [...made, ...bought][at] ?? `NONE-${at}`);
      const lines = Array.from({ length: 20_000 }, (_, at) => ({
        product: codes[at % codes.length],
        location: 'WH',
        uom: 'Units',
      }));
      const master = await data.load(lines, TODAY);
      assert.equal(master.standing(bought[0]!, 'WH', 'Units').supply?.kind, 'buy');
      const reads = calls.filter(({ method }) => method !== 'fields_get');
      assert.ok(reads.length <= 8, `${reads.length} calls: ${reads.map(({ model }) => model).join(', ')}`);
      const before = calls.length;
      await Promise.all([data.load(lines, TODAY), data.load(lines, TODAY)]);
      assert.equal(calls.length, before);
    });

    it('is asked once by nodes that begin together', async () => {
      const { client, calls } = counted(odoo);
      const lines = [{ product: made[0], location: 'WH' }];
      await Promise.all([masterData(client).load(lines, TODAY), masterData(client).load(lines, TODAY)]);
      assert.equal(calls.filter(({ model, method }) => model === 'stock.warehouse' && method === 'search_read').length, 1);
    });

    it('takes the lead time from the supplier line that is in date and first in Odoo’s order', async () => {
      const { template } = await product('PB-BOUGHT');
      const vendor = await partner('PB vendor');
      await supplierLine(template, vendor, { delay: 40, sequence: 1, date_end: '2026-11-29' });
      await supplierLine(template, vendor, { delay: 11, sequence: 2, date_start: '2026-11-30' });
      await supplierLine(template, vendor, { delay: 50, sequence: 3 });
      const { supply } = (await view(['PB-BOUGHT'])).standing('PB-BOUGHT', 'WH', undefined);
      assert.deepEqual(supply, { kind: 'buy', leadDays: 11, partner: vendor });
    });

    it('takes only suppliers that the setting approves', async () => {
      const { template } = await product('PB-APPROVED');
      await supplierLine(template, await partner('PB unapproved'), { delay: 3 });
      const supply = async (supplierDomain?: string) =>
        (await view(['PB-APPROVED'], { supplierDomain })).standing('PB-APPROVED', 'WH', undefined).supply?.kind;
      assert.equal(await supply(), 'buy');
      assert.equal(await supply("[('delay', '>', 5)]"), 'none');
      await assert.rejects(supply('[(delay'), { code: 'validation' });
    });

    it('takes a BoM of the template for every variant, and a kit for no supply at all', async () => {
      const component = await product('PB-COMPONENT');
      const built = await product('PB-MADE');
      const kit = await product('PB-KIT');
      for (const [of, type] of [
        [built, 'normal'],
        [kit, 'phantom'],
      ] as const)
        await create('mrp.bom', {
          product_tmpl_id: of.template,
          type,
          bom_line_ids: [[0, 0, { product_id: component.id, product_qty: 1 }]],
        });
      const master = await view(['PB-MADE', 'PB-KIT']);
      assert.equal(master.standing('PB-MADE', 'WH', undefined).supply?.kind, 'manufacture');
      assert.deepEqual(master.standing('PB-KIT', 'WH', undefined).supply, { kind: 'none', why: 'kit', leadDays: 0 });
    });

    it('tells one active product beside an archived one from two active ones, and from archived ones alone', async () => {
      await product('PB-TWIN', { active: false });
      await product('PB-TWIN');
      await product('PB-GONE', { active: false });
      const is = async (code: string) => (await view([code])).standing(code, 'WH', undefined).product.is;
      assert.equal(await is('PB-TWIN'), 'one');
      assert.equal(await is('PB-GONE'), 'archived');
      await product('PB-TWIN');
      assert.equal(await is('PB-TWIN'), 'ambiguous');
    });

    it('knows a product by its barcode', async () => {
      await product('PB-CODED', { barcode: '4006381333931' });
      assert.equal(
        (await view(['4006381333931'], { productKey: 'barcode' })).standing('4006381333931', 'WH', undefined).product.is,
        'one',
      );
    });

    it('knows a product by its external id', async () => {
      const { id } = await product('PB-NAMED');
      await create('ir.model.data', { module: '__import__', name: 'pb_named', model: 'product.product', res_id: id });
      const master = await view(['__import__.pb_named', 'pb_named', 'other.pb_named'], { productKey: 'external_id' });
      assert.equal(master.standing('__import__.pb_named', 'WH', undefined).product.is, 'one');
      assert.equal(master.standing('pb_named', 'WH', undefined).product.is, 'one');
      assert.equal(master.standing('other.pb_named', 'WH', undefined).product.is, 'unknown');
    });

    it('turns a forecast into rules that Odoo’s lead times decide', async () => {
      const { template } = await product('PB-RULE');
      await supplierLine(template, await partner('PB rule vendor'), { delay: 7 });
      const run = openRun({ zone: 'Europe/Berlin', today: TODAY });
      const lines = ['2026-W49', '2026-W50', '2026-W51'].map((period) => ({
        product: 'PB-RULE',
        location: 'WH',
        period,
        quantity: '7',
        uom: 'Dozens',
      }));
      const master = await view(['PB-RULE']);
      const collected = new DemandCollector();
      collected.add(validateLines(lines, run, master).accepted);
      const wanted = await wantedOf(collected, master, run.zone);
      const rules = await reorderingRules(wanted, { reviewDays: 7, cycleDays: 7, safetyDays: 0, today: TODAY });
      const $planned = { product: 'PB-RULE', location: 'WH' };
      assert.deepEqual(rules, [
        { ...$planned, minimum: 168, maximum: 252, supply: 'buy', $source: { lines: 3, quantity: '21' }, $planned },
      ]);
    });
  });
}
