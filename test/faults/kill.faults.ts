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
      await underLoad(target, async ({ bridge }) => {
        const chance = chanceOf(seed);
        const where: Record<string, number> = {};
        for (let kill = 1; kill <= kills; kill++) {
          const { point, after } = nextKill(chance);
          await bridge.kill();
          const nodeRed = await bridge.start(point);
          const reached = await Promise.race([nodeRed.exited.then(() => true), sleep(after, false)]);
          await bridge.kill();
          const name = reached && point ? point.replace(/#.*/, '') : 'any moment';
          where[name] = (where[name] ?? 0) + 1;
        }
        return where;
      });
    });
  });
