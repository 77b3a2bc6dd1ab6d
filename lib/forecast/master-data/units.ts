import { z } from 'zod';
import { exact, quantityText } from '../../canonical/quantity.ts';
import type { OdooClient } from '../../odoo/client.ts';
import { odooDecimal } from '../scaled.ts';
import { type Unit, type UnitList, unitList } from '../units.ts';
import { Many2one, OptionalNumber, OptionalText, readAll } from './answers.ts';

const UnitRow = z.object({
  id: z.number(),
  name: z.string(),
  active: z.boolean().optional().default(true),
  rounding: OptionalNumber,
  category_id: Many2one.optional(),
  uom_type: OptionalText.optional(),
  factor: OptionalNumber,
  factor_inv: OptionalNumber,
  relative_uom_id: Many2one.optional(),
  relative_factor: OptionalNumber,
});
type UnitRow = z.output<typeof UnitRow>;

const UNIT = {
  model: 'uom.uom',
  fields: ['name', 'active'],
  // Categories and uom_type up to Odoo 18, relative units from 19 on.
  fieldsWherePresent: ['rounding', 'category_id', 'uom_type', 'factor', 'factor_inv', 'relative_uom_id', 'relative_factor'],
  row: UnitRow,
  archivedToo: true,
} as const;

/** All units of measure, archived ones too: they are a few dozen. */
export async function readUnits(client: OdooClient): Promise<UnitList> {
  const rows = await readAll(client, UNIT, []);
  const byId = new Map(rows.map((row) => [row.id, row]));
  const relative = await (await client.profile()).hasField('uom.uom', 'relative_uom_id');
  return unitList(rows.map((row) => unitOf(row, relative ? relativeFactor(row, byId) : factorInCategory(row))));
}

type Factor = { readonly root: number; readonly numerator: string; readonly denominator: string };

function unitOf(row: UnitRow, factor: Factor): Unit {
  const rounding = row.rounding > 0 ? odooDecimal(row.rounding) : '0.01';
  return { id: row.id, name: row.name, active: row.active, ...factor, rounding };
}

/** Odoo 19: `relative_factor` of the unit it is relative to, and so on up to the root. */
function relativeFactor(row: UnitRow, byId: ReadonlyMap<number, UnitRow>): Factor {
  let factor = exact(1);
  let at = row;
  const passed = new Set<number>();
  for (let above = at.relative_uom_id; above !== undefined && !passed.has(at.id); above = at.relative_uom_id) {
    passed.add(at.id);
    factor = factor.times(odooDecimal(at.relative_factor || 1));
    const next = byId.get(above);
    if (!next) break;
    at = next;
  }
  return { root: at.id, numerator: quantityText(factor), denominator: '1' };
}

/**
 * Up to Odoo 18: `factor` is how many of the unit make one of the category's reference, `factor_inv` the other way
 * round. Each kind stores one of the two as a person typed it; the other is its float reciprocal (0.0833… of a dozen).
 */
function factorInCategory(row: UnitRow): Factor {
  const root = row.category_id ?? -row.id;
  if (row.uom_type === 'bigger') return { root, numerator: odooDecimal(row.factor_inv || 1), denominator: '1' };
  if (row.uom_type === 'smaller') return { root, numerator: '1', denominator: odooDecimal(row.factor || 1) };
  return { root, numerator: '1', denominator: '1' };
}
