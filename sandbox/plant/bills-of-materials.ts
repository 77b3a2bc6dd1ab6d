import type { Seed } from './seed.ts';

type BomData = {
  readonly of: string;
  readonly type?: 'phantom';
  readonly days?: number;
  readonly parts: Readonly<Record<string, number>>;
};

const BOMS: readonly BomData[] = [
  { of: 'bike_city', days: 2, parts: { frame_city: 1, wheel_28: 2, chain: 1, saddle_black: 1, light_kit: 1, grease: 0.05 } },
  { of: 'bike_trek', days: 3, parts: { frame_trek: 1, wheel_28: 2, chain: 1, saddle_brown: 1, light_kit: 1, grease: 0.05 } },
  { of: 'wheel_28', days: 1, parts: { rim_28: 1, tyre_28: 1, spoke: 36 } },
  { of: 'light_kit', type: 'phantom', parts: { lamp: 2 } },
];

/** What is made of what: bicycles with wheels that are made too, and a kit. */
export function seedBillsOfMaterials({ record, version }: Seed): void {
  for (const { of, type = 'normal', days = 0, parts } of BOMS) {
    record(`bom_${of}`, 'mrp.bom', {
      product_tmpl_id: `@${of}_template`,
      type,
      ...(version === 19 ? { produce_delay: days } : {}),
    });
    for (const [part, quantity] of Object.entries(parts))
      record(`bom_${of}_${part}`, 'mrp.bom.line', { bom_id: `@bom_${of}`, product_id: `@${part}`, product_qty: quantity });
  }
}
