import type { Values } from '../odoo/behaviour.ts';
import type { Seed } from './seed.ts';

type Supply = 'make' | 'buy' | 'none';
type ProductData = {
  readonly name: string;
  readonly code: string;
  readonly title: string;
  readonly supply: Supply;
  readonly price: number;
} & Values;

/**
 * What the plant knows: bicycles and a wheel that it makes, parts that it buys, and one of each odd case: a kit, an archived
 * product, two that share a reference, one that nobody supplies, one that comes in colours, one that is weighed.
 */
const PRODUCTS: readonly ProductData[] = [
  { name: 'bike_city', code: 'BIKE-CITY', title: 'City bicycle', supply: 'make', price: 690, barcode: '5400000000011' },
  { name: 'bike_trek', code: 'BIKE-TREK', title: 'Trekking bicycle', supply: 'make', price: 980, barcode: '5400000000028' },
  { name: 'wheel_28', code: 'WHEEL-28', title: 'Wheel 28"', supply: 'make', price: 85, barcode: '5400000000035' },
  { name: 'frame_city', code: 'FRAME-CITY', title: 'City frame', supply: 'buy', price: 160 },
  { name: 'frame_trek', code: 'FRAME-TREK', title: 'Trekking frame', supply: 'buy', price: 210 },
  { name: 'tyre_28', code: 'TYRE-28', title: 'Tyre 28"', supply: 'buy', price: 18, barcode: '5400000000066' },
  { name: 'rim_28', code: 'RIM-28', title: 'Rim 28"', supply: 'buy', price: 22 },
  { name: 'spoke', code: 'SPOKE', title: 'Spoke', supply: 'buy', price: 0.2 },
  { name: 'chain', code: 'CHAIN', title: 'Chain', supply: 'buy', price: 15 },
  { name: 'lamp', code: 'LAMP', title: 'Lamp', supply: 'buy', price: 12 },
  { name: 'grease', code: 'GREASE', title: 'Bearing grease', supply: 'buy', price: 9, uom_id: '@kg', uom_po_id: '@kg' },
  { name: 'light_kit', code: 'LIGHT-KIT', title: 'Light kit', supply: 'none', price: 29 },
  { name: 'bell_brass', code: 'BELL', title: 'Bell, brass', supply: 'buy', price: 6 },
  { name: 'bell_steel', code: 'BELL', title: 'Bell, steel', supply: 'buy', price: 5 },
  { name: 'pannier', code: 'PANNIER', title: 'Pannier', supply: 'buy', price: 45 },
  { name: 'poster', code: 'POSTER-26', title: 'Showroom poster', supply: 'none', price: 4 },
  { name: 'bike_fold', code: 'BIKE-FOLD', title: 'Folding bicycle', supply: 'none', price: 540, active: false },
];

/** Saddles come in two colours: one template, two variants, each with its own reference. */
const SADDLES = [
  { name: 'saddle_black', code: 'SADDLE-BLK', colour: 'Black' },
  { name: 'saddle_brown', code: 'SADDLE-BRN', colour: 'Brown' },
] as const;

/** Products, bicycles by category. */
export function seedProducts(seed: Seed): void {
  const { record, version, env } = seed;
  record('category_all', 'product.category', { name: version === 14 ? 'All' : 'Goods' });
  record('category_bicycles', 'product.category', { name: 'Bicycles', parent_id: '@category_all' });
  record('category_parts', 'product.category', { name: 'Parts', parent_id: '@category_all' });
  for (const { name, code, title, supply, price, ...more } of PRODUCTS) {
    const category = code.startsWith('BIKE') ? '@category_bicycles' : '@category_parts';
    const template = record(`${name}_template`, 'product.template', {
      name: title,
      default_code: code,
      list_price: price,
      categ_id: category,
      ...storable(seed, supply),
      ...(version === 14 ? more : without(more, 'uom_po_id')),
    });
    const [variant] = env.with({ active_test: false }).ids('product.template', template, 'product_variant_ids');
    seed.name(name, 'product.product', variant!);
  }
  seedSaddles(seed);
}

function seedSaddles(seed: Seed): void {
  const { record, env, id } = seed;
  record('colour', 'product.attribute', { name: 'Colour' });
  for (const { name, colour } of SADDLES)
    record(`${name}_value`, 'product.attribute.value', { name: colour, attribute_id: '@colour' });
  seed.within({ create_product_product: false }).record('saddle_template', 'product.template', {
    name: 'Saddle',
    list_price: 24,
    categ_id: id('category_parts'),
    ...storable(seed, 'buy'),
  });
  record('saddle_line', 'product.template.attribute.line', {
    product_tmpl_id: '@saddle_template',
    attribute_id: '@colour',
    value_ids: [[6, 0, SADDLES.map(({ name }) => id(`${name}_value`))]],
  });
  for (const { name, code } of SADDLES) {
    record(`${name}_choice`, 'product.template.attribute.value', {
      attribute_line_id: '@saddle_line',
      product_attribute_value_id: `@${name}_value`,
    });
    record(name, 'product.product', {
      product_tmpl_id: '@saddle_template',
      default_code: code,
      product_template_attribute_value_ids: [[6, 0, [id(`${name}_choice`)]]],
      combination_indices: String(env.id('product.template.attribute.value', id(`${name}_choice`), 'id')),
    });
  }
}

function storable({ version }: Seed, supply: Supply): Values {
  if (version === 19) return { type: 'consu', is_storable: true };
  // Before 19 a product says by its routes whether it is made or bought.
  const routes = supply === 'none' ? [] : [supply === 'make' ? '@route_manufacture' : '@route_buy'];
  return { type: 'product', route_ids: [[6, 0, routes]], ...(supply === 'make' ? { produce_delay: 2 } : {}) };
}

function without(values: Values, name: string): Values {
  return Object.fromEntries(Object.entries(values).filter(([key]) => key !== name));
}
