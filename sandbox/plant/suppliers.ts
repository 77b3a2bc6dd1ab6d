import type { Seed } from './seed.ts';

const LINES = [
  { vendor: 'vendor_metal', of: 'frame_city', price: 120, days: 14 },
  { vendor: 'vendor_metal', of: 'frame_trek', price: 160, days: 14 },
  { vendor: 'vendor_metal', of: 'rim_28', price: 14, days: 10 },
  { vendor: 'vendor_rubber', of: 'tyre_28', price: 11, days: 7 },
  { vendor: 'vendor_parts', of: 'spoke', price: 0.08, days: 5 },
  { vendor: 'vendor_parts', of: 'chain', price: 9, days: 5 },
  { vendor: 'vendor_parts', of: 'lamp', price: 6, days: 5 },
  { vendor: 'vendor_parts', of: 'grease', price: 5, days: 3 },
  { vendor: 'vendor_parts', of: 'saddle', price: 13, days: 6 },
  { vendor: 'vendor_parts', of: 'bell_brass', price: 3, days: 4 },
  { vendor: 'vendor_parts', of: 'bell_steel', price: 2, days: 4 },
] as const;

/** Who sells what, at what price and with how many days' delay. */
export function seedSuppliers({ record, version }: Seed): void {
  for (const { vendor, of, price, days } of LINES)
    record(`seller_${of}`, 'product.supplierinfo', {
      [version === 14 ? 'name' : 'partner_id']: `@${vendor}`,
      product_tmpl_id: `@${of}_template`,
      price,
      delay: days,
    });
  // A vendor whose line is no longer in date: it is no source of supply.
  record('seller_pannier', 'product.supplierinfo', {
    [version === 14 ? 'name' : 'partner_id']: '@vendor_parts',
    product_tmpl_id: '@pannier_template',
    price: 1,
    delay: 4,
    date_end: '2020-12-31',
  });
}
