import type { Behaviour } from '../behaviour.ts';
import { pathIds } from '../common.ts';
import type { Env } from '../env.ts';
import { OdooFault } from '../errors.ts';

const UNIT = 'uom.uom';

export const unitBehaviours: Readonly<Record<string, Behaviour>> = {
  [UNIT]: {
    computes: {
      factor: (env, id) => (env.version === 14 ? 1 / perReference(env, id) : perReference(env, id)),
      factor_inv: (env, id) => perReference(env, id),
      parent_path: (env, id) => pathIds(env, UNIT, id, 'relative_uom_id'),
    },
    inverses: {
      factor: (env, ids, value) => setSize(env, ids, 1 / Number(value)),
      factor_inv: (env, ids, value) => setSize(env, ids, Number(value)),
    },
    check: (env, ids, fields) => {
      if (env.version !== 19 || !fields.has('relative_factor')) return;
      for (const id of ids)
        if (env.id(UNIT, id, 'relative_uom_id') === undefined && env.number(UNIT, id, 'relative_factor') !== 1)
          throw new OdooFault('user', 'Reference unit of measure is missing.');
    },
    deleting: (env, ids) => {
      const names = ids.filter((id) => id <= 3).map((id) => env.text(UNIT, id, 'name'));
      if (names.length > 0)
        throw new OdooFault(
          'user',
          `The following units of measure are used by the system and cannot be deleted: ${names.join(', ')}\nYou can archive them instead.`,
        );
    },
  },
};

function setSize(env: Env, ids: readonly number[], size: number): void {
  for (const id of ids) env.store.put(UNIT, { ...env.row(UNIT, id), size });
}

/** How many of the reference (the category's up to 18, the root from 19 on) one unit is. */
export function perReference(env: Env, id: number): number {
  if (env.version === 14) return Number(env.row(UNIT, id).size ?? 1) || 1;
  const above = env.id(UNIT, id, 'relative_uom_id');
  const factor = env.number(UNIT, id, 'relative_factor') || 1;
  return above === undefined ? factor : Number((factor * perReference(env, above)).toPrecision(12));
}

/** A quantity in another unit of the same kind. */
export function converted(env: Env, quantity: number, from: number | undefined, to: number | undefined): number {
  if (from === undefined || to === undefined || from === to) return quantity;
  return Number(((quantity * perReference(env, from)) / perReference(env, to)).toPrecision(12));
}
