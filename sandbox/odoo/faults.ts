import { z } from 'zod';
import { OdooFault } from './errors.ts';
import type { Row } from './store.ts';

/**
 * Ways to fail. `refuse` answers 503, `hang` never answers, `slow` answers late, `bad-gateway` and `html` answer as a proxy or
 * another server would, all but `slow` without doing anything; `cut` closes the connection before the work, `cut-after-commit`
 * and `bad-gateway-after-commit` do the work first; `refuse-record` refuses to store a record.
 */
export const FAULT_KINDS = [
  'refuse',
  'hang',
  'slow',
  'bad-gateway',
  'html',
  'cut',
  'cut-after-commit',
  'bad-gateway-after-commit',
  'refuse-record',
] as const;

export const FaultRule = z.strictObject({
  kind: z.enum(FAULT_KINDS),
  /** Only calls of this model; any where left out. */
  model: z.string().optional(),
  /** Only calls of this method; any where left out. */
  method: z.string().optional(),
  /** How many matching calls fail; all where left out. */
  times: z.int().positive().optional(),
  /** How late a `slow` answer is. */
  milliseconds: z.number().nonnegative().optional(),
  /** Of `refuse-record`: field values that a refused record has. */
  where: z.record(z.string(), z.unknown()).optional(),
  /** Of `refuse-record`: what Odoo says. */
  message: z.string().optional(),
});
export type FaultRule = z.infer<typeof FaultRule>;
export type FaultKind = FaultRule['kind'];

export type Called = { readonly model?: string | undefined; readonly method?: string | undefined };

/** The failures that a stand-in has been told of. */
export type Faults = {
  /** Adds a rule; the oldest that matches a call is taken. */
  add(rule: FaultRule): void;
  clear(): void;
  list(): readonly FaultRule[];
};

export type FaultRules = Faults & {
  /** The rule for a call, used up by one. */
  take(call: Called): FaultRule | undefined;
  /** Throws where a rule refuses a record that is about to be stored. */
  inspect(model: string, row: Row): void;
};

/** An empty set of rules. */
export function faultRules(): FaultRules {
  let rules: { rule: FaultRule; left: number }[] = [];
  const use = (entry: { rule: FaultRule; left: number }) => {
    entry.left -= 1;
    if (entry.left <= 0) rules = rules.filter((other) => other !== entry);
    return entry.rule;
  };
  return {
    add: (rule) => void rules.push({ rule: FaultRule.parse(rule), left: rule.times ?? Number.POSITIVE_INFINITY }),
    clear: () => {
      rules = [];
    },
    list: () => rules.map(({ rule, left }) => (Number.isFinite(left) ? { ...rule, times: left } : rule)),
    take({ model, method }) {
      const entry = rules.find(
        ({ rule }) =>
          rule.kind !== 'refuse-record' && (!rule.model || rule.model === model) && (!rule.method || rule.method === method),
      );
      return entry && use(entry);
    },
    inspect(model, row) {
      const entry = rules.find(
        ({ rule }) =>
          rule.kind === 'refuse-record' &&
          (!rule.model || rule.model === model) &&
          Object.entries(rule.where ?? {}).every(([field, value]) => row[field] === value),
      );
      if (entry) throw new OdooFault('validation', use(entry).message ?? 'This record is refused.');
    },
  };
}
