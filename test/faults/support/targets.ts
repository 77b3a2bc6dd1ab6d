import { odooServers, type TestTarget } from '../../support/servers.ts';

const [embedded, ...real] = odooServers();
if (!embedded) throw new Error('There is no sandbox to test on.');

/** Where a fault costs least. */
export const sandbox: TestTarget = embedded;

/** The real Odoo on which some of each fault is tried as well: the one that speaks JSON-2. Undefined where there is none. */
export const newest = real.find(({ protocols }) => protocols.includes('json2'));

export const targets: readonly TestTarget[] = newest ? [sandbox, newest] : [sandbox];
