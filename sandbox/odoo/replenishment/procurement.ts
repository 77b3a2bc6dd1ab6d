import type { Env } from '../env.ts';
import { OdooFault } from '../errors.ts';
import { bomOf, components } from './bills-of-materials.ts';
import { buy } from './buying.ts';
import { manufacture } from './manufacturing.ts';
import { ruleFor } from './rules.ts';

/** A need that a rule is to fulfil. */
export type Procurement = {
  readonly product: number;
  /** In the product's own unit. */
  readonly quantity: number;
  readonly location: number;
  readonly warehouse: number | undefined;
  readonly route: number | undefined;
  readonly orderpoint: number;
  readonly origin: string;
  /** The day on which it is needed. */
  readonly deadline: string;
  readonly vendor?: number | undefined;
  readonly bom?: number | undefined;
};

/** Makes an order for each need, or refuses them all naming each that has no way of supply. */
export function procure(env: Env, needs: readonly Procurement[]): void {
  const errors: string[] = [];
  const work: [number, Procurement][] = [];
  for (const need of needs.flatMap((one) => withoutKits(env, one))) {
    if (!isStorable(env, need.product)) continue;
    const rule = ruleFor(env, need);
    if (rule === undefined)
      errors.push(
        `No rule has been found to replenish "${env.displayName('product.product', need.product)}" in "${env.displayName('stock.location', need.location)}".\nVerify the routes configuration on the product.`,
      );
    else work.push([rule, need]);
  }
  if (errors.length > 0) throw new OdooFault('user', errors.join('\n'));
  for (const [rule, need] of work) {
    const problem = env.get('stock.rule', rule, 'action') === 'manufacture' ? manufacture(env, rule, need) : buy(env, rule, need);
    if (problem) errors.push(problem);
  }
  if (errors.length > 0) throw new OdooFault('user', errors.join('\n'));
}

function isStorable(env: Env, product: number): boolean {
  return env.get('product.product', product, 'type') !== 'service';
}

/** A kit is not made or bought: its components are. */
function withoutKits(env: Env, need: Procurement): Procurement[] {
  const kit = bomOf(env, need.product, 'phantom');
  if (kit === undefined) return [need];
  return components(env, kit, need.quantity).map(({ product, quantity }) => ({ ...need, product, quantity }));
}
