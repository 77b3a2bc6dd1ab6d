import assert from 'node:assert/strict';
import { type Mosquitto, startMosquitto } from '../../support/mosquitto.ts';
import { type OdooProxy, openProxy } from '../../support/odoo-proxy.ts';
import type { TestTarget } from '../../support/servers.ts';
import { type Bridge, openBridge, type Patience } from './bridge.ts';
import { chanceOf } from './chance.ts';
import { countOf } from './counts.ts';
import { type Load, startLoad } from './load.ts';
import { openPlant, type Plant } from './plant.ts';
import { reckon } from './reckoning.ts';

/** A plant, a bridge and a broker with forecasts and events flowing. */
export type Scene = {
  readonly plant: Plant;
  readonly bridge: Bridge;
  readonly broker: Mosquitto;
  /** Between the bridge and Odoo. */
  readonly odoo: OdooProxy;
  readonly load: Load;
};

/** For what is no matter of leases: a run or event that got lost in the flow is not waited for as long as in the shipped flows. */
export const BRISK: Patience = { lease: 20 };

export type Scenery = {
  /** Milliseconds between two forecasts, and between two events. */
  readonly forecastEvery?: number;
  readonly eventEvery?: number;
  readonly patience?: Patience;
  /** Seconds within which all work has to be done once there are no faults any more. */
  readonly drainSeconds?: number;
  /** The address of a PostgreSQL store; a file of the bridge's own where it is left out. */
  readonly store?: string;
};

/**
 * Lets something happen while forecasts and events flow; then all work has to drain, and nothing may be lost or doubled.
 * Prints what passed through.
 */
export async function underLoad(
  target: TestTarget,
  happens: (scene: Scene) => Promise<Readonly<Record<string, number>> | undefined>,
  { forecastEvery = 500, eventEvery = 150, patience = {}, drainSeconds = 300, store }: Scenery = {},
): Promise<void> {
  const seed = countOf('seed');
  const broker = await startMosquitto();
  const plant = await openPlant(target);
  const odoo = await openProxy(plant.server.url);
  const bridge = await openBridge({
    ...patience,
    server: plant.server,
    odoo: odoo.url,
    broker: broker.url,
    ...(store ? { store } : {}),
  });
  try {
    const load = await startLoad({
      chance: chanceOf(seed + 1),
      plant,
      broker: broker.url,
      address: bridge.address,
      forecastEvery,
      eventEvery,
    });
    await (await bridge.start()).ready;
    const told = await happens({ plant, bridge, broker, odoo, load });
    await load.stop();
    odoo.peace();
    if (!bridge.address()) await (await bridge.start()).ready;
    const stopped = Date.now();
    await bridge.drained(drainSeconds);
    const drained = Math.round((Date.now() - stopped) / 1000);
    const { figures, faults } = await reckon(load.ledger, plant, bridge.store);
    console.log(`      seed ${seed}:`, { ...told, ...figures, 'seconds until all was done': drained });
    assert.deepEqual(faults, []);
  } finally {
    await bridge.close();
    odoo.close();
    await plant.close();
    await broker.close();
  }
}
