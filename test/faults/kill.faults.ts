/** Node-RED is killed again and again, at any moment and at named points, with forecasts and events flowing. */
import { setTimeout as sleep } from 'node:timers/promises';
import { mosquittoPath } from '../support/mosquitto.ts';
import { mustHave } from '../support/required.ts';
import { odooServers } from '../support/servers.ts';
import { type Chance, chanceOf } from './support/chance.ts';
import { countOf } from './support/counts.ts';
import { underLoad } from './support/under-load.ts';

const POINTS = ['before-commit', 'after-commit', 'before-send', 'after-send', 'before-answer', 'after-answer'];
const ACKNOWLEDGEMENTS = ['before-acknowledgement', 'after-acknowledgement', 'before-reply', 'after-reply'];

/** When a kill is due: once a point is passed so many times, or so many milliseconds after it is up (or began to start). */
function nextKill(chance: Chance): { readonly point?: string; readonly after: number; readonly starting?: true } {
  if (chance.percent(10)) return { after: chance.int(100, 1_500), starting: true };
  if (chance.percent(30)) return { after: chance.int(0, 1_500) };
  const point = chance.percent(60)
    ? `${chance.pick(POINTS)}#${chance.int(1, 80)}`
    : `${chance.pick(ACKNOWLEDGEMENTS)}#${chance.int(1, 4)}`;
  return { point, after: 2_500 };
}

/** So that what is sent while it does not run is worked off in between; what was cut off time after time rests for minutes. */
const SCENERY = { forecastEvery: 3_000, eventEvery: 500, drainSeconds: 900 };

for (const target of odooServers())
  (mustHave('mosquitto', mosquittoPath()) ? describe : describe.skip)(`killed on ${target.name}`, function () {
    this.timeout(0);
    const kills = countOf(target.name === 'sandbox' ? 'kills' : 'real-kills');
    const seed = countOf('seed');

    it(`loses nothing and doubles nothing in ${kills} kills (seed ${seed})`, async () => {
      await underLoad(
        target,
        async ({ bridge }) => {
          const chance = chanceOf(seed);
          const where: Record<string, number> = {};
          for (let kill = 1; kill <= kills; kill++) {
            const { point, after, starting } = nextKill(chance);
            await bridge.kill();
            const nodeRed = await bridge.start(point);
            const up = starting ? Promise.resolve() : nodeRed.ready.catch(() => undefined);
            const reached = await Promise.race([nodeRed.exited.then(() => true), up.then(() => sleep(after, false))]);
            await bridge.kill();
            const name = reached && point ? point.replace(/#.*/, '') : 'any moment';
            where[name] = (where[name] ?? 0) + 1;
          }
          return where;
        },
        SCENERY,
      );
    });
  });
