import { z } from 'zod';

const count = (short: number) => z.coerce.number().int().positive().default(short);

/** How much a run of the fault tests does: by default a few minutes' worth. `npm run test:faults -- --help` names them all. */
export const COUNTS = {
  /** Node-RED processes killed, on the sandbox. */
  kills: count(20),
  /** Node-RED processes killed, on each real Odoo. */
  'real-kills': count(4),
  /** Writes of which Odoo's answers are cut now and then. */
  writes: count(300),
  /** Seconds for which Odoo is in each kind of trouble. */
  seconds: count(5),
  /** Times that the store's PostgreSQL server is killed. */
  'store-kills': count(4),
  /** Versions decided on and rolled back. */
  decisions: count(3),
  /** Restarts of the broker. */
  restarts: count(4),
  /** Deployments of each kind. */
  deployments: count(4),
  /** Messages of any bytes at all. */
  payloads: count(300),
  /** Reproduces what is chosen: which point, which moment, which event. */
  seed: z.coerce.number().int().default(1),
};
export type Count = keyof typeof COUNTS;

/** The name of the environment variable that carries a count. */
export const variableOf = (name: string): string => `FAULTS_${name.toUpperCase().replaceAll('-', '_')}`;

/** A count of this run. */
export const countOf = (name: Count): number => COUNTS[name].parse(process.env[variableOf(name)]);
