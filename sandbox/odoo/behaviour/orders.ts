import type { Behaviour, Values } from '../behaviour.ts';
import { COMPANY, numbered, unitField } from '../common.ts';
import type { Env } from '../env.ts';
import { OdooFault } from '../errors.ts';
import { createRecord, writeRecords } from '../write.ts';

const PURCHASE = 'purchase.order';
const PURCHASE_LINE = 'purchase.order.line';
const SALE = 'sale.order';
const SALE_LINE = 'sale.order.line';

const total = (model: string, quantity: string) => (env: Env, id: number) =>
  Number((env.number(model, id, quantity) * env.number(model, id, 'price_unit')).toFixed(2));
const sumOfLines = (model: string, line: string) => (env: Env, id: number) =>
  Number(
    env
      .ids(model, id, 'order_line')
      .reduce((sum, one) => sum + env.number(line, one, 'price_subtotal'), 0)
      .toFixed(2),
  );

const dollars = (env: Env) => env.id('res.company', COMPANY, 'currency_id');
const now = (env: Env) => env.now.slice(0, 19);

function ofProduct(env: Env, values: Values): void {
  const product = values.product_id;
  if (typeof product !== 'number' || !env.exists('product.product', product)) return;
  values.name ??= env.displayName('product.product', product);
  values[unitField(env)] ??= env.id('product.product', product, 'uom_id');
}

export const orderBehaviours: Readonly<Record<string, Behaviour>> = {
  [PURCHASE]: {
    defaults: { company_id: () => COMPANY, currency_id: dollars, date_order: now },
    computes: {
      amount_untaxed: sumOfLines(PURCHASE, PURCHASE_LINE),
      amount_tax: () => 0,
      amount_total: sumOfLines(PURCHASE, PURCHASE_LINE),
    },
    prepare: (env, values) => {
      values.name ??= numbered(env, 'P', 5);
      values.user_id ??= env.user;
      values.picking_type_id ??= env.search('stock.picking.type', [['code', '=', 'incoming']])[0];
    },
    deleting: (env, ids) => {
      if (ids.some((id) => env.get(PURCHASE, id, 'state') !== 'cancel'))
        throw new OdooFault('user', 'In order to delete a purchase order, you must cancel it first.');
    },
    methods: {
      button_confirm: { parameters: [], run: confirmPurchase },
      button_cancel: {
        parameters: [],
        run: (env, _, ids) => {
          writeRecords(env, PURCHASE, ids, { state: 'cancel' });
          return true;
        },
      },
    },
  },
  [PURCHASE_LINE]: {
    computes: {
      price_subtotal: total(PURCHASE_LINE, 'product_qty'),
      price_total: total(PURCHASE_LINE, 'product_qty'),
      product_uom_qty: (env, id) => env.number(PURCHASE_LINE, id, 'product_qty'),
    },
    prepare: (env, values) => {
      ofProduct(env, values);
      values.date_planned ??= now(env);
    },
  },
  [SALE]: {
    defaults: {
      company_id: () => COMPANY,
      currency_id: dollars,
      date_order: now,
      warehouse_id: (env) => env.search('stock.warehouse', [])[0],
    },
    computes: { amount_untaxed: sumOfLines(SALE, SALE_LINE), amount_tax: () => 0, amount_total: sumOfLines(SALE, SALE_LINE) },
    prepare: (env, values) => {
      values.name ??= numbered(env, 'S', 5);
      values.partner_invoice_id ??= values.partner_id;
      values.partner_shipping_id ??= values.partner_id;
    },
    methods: {
      action_confirm: {
        parameters: [],
        run: (env, _, ids) => {
          for (const id of ids) if (env.get(SALE, id, 'state') === 'draft') confirmSale(env, id);
          return true;
        },
      },
    },
  },
  [SALE_LINE]: {
    computes: { price_subtotal: total(SALE_LINE, 'product_uom_qty'), price_total: total(SALE_LINE, 'product_uom_qty') },
    prepare: (env, values) => {
      ofProduct(env, values);
      if (typeof values.product_id === 'number' && !values.price_unit && env.exists('product.product', values.product_id))
        values.price_unit = env.number('product.product', values.product_id, 'list_price');
    },
  },
};

/** A confirmed purchase is expected from the vendor on each line's day. */
function confirmPurchase(env: Env, _: string, ids: readonly number[]): boolean {
  for (const id of ids) {
    if (env.get(PURCHASE, id, 'state') !== 'draft') continue;
    writeRecords(env, PURCHASE, [id], { state: 'purchase', date_approve: now(env) });
    const type = env.number(PURCHASE, id, 'picking_type_id');
    const [from] = env.search('stock.location', [['usage', '=', 'supplier']]);
    for (const line of env.ids(PURCHASE, id, 'order_line'))
      expected(env, PURCHASE_LINE, line, 'product_qty', {
        origin: env.text(PURCHASE, id, 'name'),
        location_id: from,
        location_dest_id: env.id('stock.picking.type', type, 'default_location_dest_id'),
        date: env.get(PURCHASE_LINE, line, 'date_planned'),
        purchase_line_id: line,
      });
  }
  return true;
}

/** A confirmed sale takes goods from its warehouse. */
function confirmSale(env: Env, id: number): void {
  writeRecords(env, SALE, [id], { state: 'sale' });
  const [to] = env.search('stock.location', [['usage', '=', 'customer']]);
  for (const line of env.ids(SALE, id, 'order_line'))
    expected(env, SALE_LINE, line, 'product_uom_qty', {
      origin: env.text(SALE, id, 'name'),
      location_id: env.id('stock.warehouse', env.number(SALE, id, 'warehouse_id'), 'lot_stock_id'),
      location_dest_id: to,
      date: env.get(SALE, id, 'commitment_date') ?? now(env),
      sale_line_id: line,
    });
}

function expected(env: Env, model: string, line: number, quantity: string, values: Values): void {
  createRecord(env, 'stock.move', {
    product_id: env.id(model, line, 'product_id'),
    product_uom: env.id(model, line, unitField(env)),
    product_uom_qty: env.number(model, line, quantity),
    state: 'confirmed',
    ...values,
  });
}
