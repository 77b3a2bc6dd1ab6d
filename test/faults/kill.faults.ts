/** Node-RED is killed again and again, at any moment and at named points, with forecasts and events flowing. */
import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';
import { mosquittoPath, startMosquitto } from '../support/mosquitto.ts';
import { mustHave } from '../support/required.ts';
import { odooServers } from '../support/servers.ts';
import { openBridge } from './support/bridge.ts';
import { type Chance, chanceOf } from './support/chance.ts';
import { countOf } from './support/counts.ts';
import { startLoad } from './support/load.ts';
import { openPlant } from './support/plant.ts';
import { reckon } from './support/reckoning.ts';

const POINTS = ['before-commit', 'after-commit', 'before-send', 'after-send', 'before-answer', 'after-answer'];
const ACKNOWLEDGEMENTS = ['before-acknowledgement', 'after-acknowledgement', 'before-reply', 'after-reply'];

/** When a kill is due: once a point is passed so many times, or after so many milliseconds whatever happens. */
function nextKill(chance: Chance): { readonly point?: string; readonly after: number } {
  if (chance.percent(30)) return { after: chance.int(300, 3_000) };
  const point = chance.percent(60)
    ? `${chance.pick(POINTS)}#${chance.int(1, 80)}`
    : `${chance.pick(ACKNOWLEDGEMENTS)}#${chance.int(1, 4)}`;
  return { point, after: 6_000 };
}

for (const target of odooServers())
  (mustHave('mosquitto', mosquittoPath()) ? describe : describe.skip)(`killed on ${target.name}`, function () {
    this.timeout(0);
    const kills = countOf(target.name === 'sandbox' ? 'kills' : 'real-kills');
    const seed = countOf('seed');

    it(`loses nothing and doubles nothing in ${kills} kills (seed ${seed})`, async () => {
      const chance = chanceOf(seed);
      const broker = await startMosquitto();
      const plant = await openPlant(target);
      const bridge = await openBridge({ server: plant.server, broker: broker.url });
      try {
        const load = await startLoad({
          chance: chanceOf(seed + 1),
          plant,
          broker: broker.url,
          address: bridge.address,
          forecastEvery: 500,
          eventEvery: 150,
        });
        const points = new Map<string, number>();
        for (let kill = 1; kill <= kills; kill++) {
          const { point, after } = nextKill(chance);
          const nodeRed = await bridge.start(point);
          const reached = await Promise.race([nodeRed.exited.then(() => true), sleep(after, false)]);
          await bridge.kill();
          const where = reached && point ? point.replace(/#.*/, '') : 'any moment';
          points.set(where, (points.get(where) ?? 0) + 1);
        }
        await load.stop();
        await (await bridge.start()).ready;
        await bridge.drained(300);
        const { figures, faults } = await reckon(load.ledger, plant, bridge.store);
        console.log(`${kills} kills, seed ${seed}:`, { ...figures, ...Object.fromEntries([...points].sort()) });
        assert.deepEqual(faults, []);
      } finally {
        await bridge.close();
        await plant.close();
        await broker.close();
      }
    });
  });
