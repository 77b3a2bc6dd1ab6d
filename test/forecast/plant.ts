import { type MasterFacts, type MasterView, masterView, type Product, type Warehouse } from '../../lib/forecast/master-view.ts';
import { type ForecastRun, openRun, type RunSettings } from '../../lib/forecast/run.ts';
import type { BillOfMaterials, SupplierLine } from '../../lib/forecast/supply.ts';
import { type Unit, unitList } from '../../lib/forecast/units.ts';

/** A Monday; 2026-W50 begins a week later. */
export const TODAY = '2026-11-30';

const unit = (id: number, name: string, root: number, numerator = '1', denominator = '1', more: Partial<Unit> = {}): Unit => ({
  id,
  name,
  root,
  numerator,
  denominator,
  active: true,
  rounding: '0.01',
  ...more,
});
export const UNITS = [
  unit(1, 'Units', 1),
  unit(2, 'Dozens', 1, '12', '1', { active: false }),
  unit(3, 'kg', 2, '1000'),
  unit(4, 'g', 2),
  unit(5, 'Box', 1, '6'),
  unit(6, 'Box', 1, '10'),
  unit(7, 'Pairs', 1, '2', '1', { rounding: '1' }),
];

export const bom = (more: Partial<BillOfMaterials> = {}): BillOfMaterials => ({
  id: 1,
  variant: undefined,
  kind: 'normal',
  company: undefined,
  sequence: 1,
  leadDays: 0,
  ...more,
});
export const supplier = (more: Partial<SupplierLine> = {}): SupplierLine => ({
  id: 1,
  partner: 50,
  variant: undefined,
  company: undefined,
  sequence: 1,
  leastQuantity: 0,
  price: 1,
  from: undefined,
  to: undefined,
  leadDays: 0,
  ...more,
});

let nextId = 100;
export const product = (more: Partial<Product> = {}): Product => {
  const id = more.id ?? nextId++;
  return {
    id,
    variant: id,
    template: id,
    active: true,
    company: undefined,
    unit: 1,
    group: '',
    boms: [],
    suppliers: [],
    produceDays: 0,
    routed: undefined,
    ...more,
  };
};

const warehouse = (id: number, code: string, company = 1): Warehouse => ({ id, code, company, stockLocation: id * 10 });

const PRODUCTS: Record<string, Product[]> = {
  MADE: [product({ boms: [bom({ leadDays: 3 })] })],
  BOUGHT: [product({ suppliers: [supplier({ leadDays: 10 })] })],
  NOTHING: [product()],
  KIT: [product({ boms: [bom({ kind: 'phantom' })], suppliers: [supplier()] })],
  LATE: [product({ suppliers: [supplier({ to: '2026-11-29' })] })],
  TWICE: [product({ boms: [bom()] }), product({ boms: [bom()] })],
  ONCE_ARCHIVED: [product({ active: false }), product({ boms: [bom()] })],
  GONE: [product({ active: false }), product({ active: false })],
  PAIRED: [product({ unit: 7, boms: [bom()] })],
};

/** Master data of a small plant, as if read from Odoo. */
export function plant(more: Partial<MasterFacts> = {}): MasterView {
  return masterView(
    {
      productKey: 'default_code',
      products: new Map(Object.entries(PRODUCTS)),
      warehouses: new Map([
        ['WH', [warehouse(1, 'WH')]],
        ['WH2', [warehouse(2, 'WH2')]],
        ['BOTH', [warehouse(3, 'BOTH', 1), warehouse(4, 'BOTH', 2)]],
      ]),
      units: unitList(UNITS),
      companies: new Map(),
      ...more,
    },
    TODAY,
  );
}

export const run = (settings: Partial<RunSettings> = {}): ForecastRun =>
  openRun({ zone: 'Europe/Berlin', today: TODAY, ...settings });

export const line = (more: Record<string, unknown> = {}): Record<string, unknown> => ({
  product: 'MADE',
  location: 'WH',
  period: '2026-W50',
  quantity: '10',
  $line: 1,
  ...more,
});
