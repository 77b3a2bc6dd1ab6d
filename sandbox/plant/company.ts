import type { Seed } from './seed.ts';

/** The company, its people and its partners. */
export function seedCompany({ record, version }: Seed): void {
  record('usd', 'res.currency', { name: 'USD', symbol: '$', rounding: 0.01 });
  record('us', 'res.country', { name: 'United States', code: 'US' });
  record('company_partner', 'res.partner', {
    name: 'Wheelwright Bicycles',
    is_company: true,
    city: 'Portland',
    country_id: '@us',
  });
  record('company', 'res.company', { name: 'Wheelwright Bicycles', partner_id: '@company_partner', currency_id: '@usd' });
  record('bot_partner', 'res.partner', { name: 'OdooBot' });
  record('bot', 'res.users', { login: '__system__', partner_id: '@bot_partner', company_id: '@company', active: false });
  record('admin_partner', 'res.partner', {
    name: 'Maria Wheelwright',
    email: 'maria@wheelwright.example',
    tz: 'Europe/Brussels',
  });
  record('admin', 'res.users', {
    login: 'admin',
    partner_id: '@admin_partner',
    company_id: '@company',
    company_ids: [[6, 0, ['@company']]],
  });
  const vendor = { is_company: true, ...(version === 14 || version === 19 ? { supplier_rank: 1 } : {}) };
  record('vendor_rubber', 'res.partner', { ...vendor, name: 'Rubber & Road', ref: 'V-100', city: 'Akron' });
  record('vendor_metal', 'res.partner', { ...vendor, name: 'Fine Tubes', ref: 'V-200', city: 'Cleveland' });
  record('vendor_parts', 'res.partner', { ...vendor, name: 'Gear Trade', ref: 'V-300', city: 'Chicago' });
  record('customer_city', 'res.partner', { name: 'City Cycles', is_company: true, ref: 'C-100', customer_rank: 1 });
  record('customer_hills', 'res.partner', { name: 'Hill Riders', is_company: true, ref: 'C-200', customer_rank: 1 });
}
