/** The broker is restarted again and again, with events flowing, repeated and out of order. */
import { setTimeout as sleep } from 'node:timers/promises';
import { mosquittoPath } from '../support/mosquitto.ts';
import { mustHave } from '../support/required.ts';
import { chanceOf } from './support/chance.ts';
import { countOf } from './support/counts.ts';
import { sandbox, targets } from './support/targets.ts';
import { BRISK, underLoad } from './support/under-load.ts';

(mustHave('mosquitto', mosquittoPath()) ? describe : describe.skip)('the broker', function () {
  this.timeout(0);
  const restarts = countOf('restarts');
  const seed = countOf('seed');

  for (const target of targets)
    it(`on ${target.name}, may be restarted ${restarts} times, and Node-RED killed in between (seed ${seed})`, async () => {
      await underLoad(
        target,
        async ({ broker, bridge }) => {
          const chance = chanceOf(seed);
          let kills = 0;
          for (let restart = 0; restart < restarts; restart++) {
            await sleep(chance.int(200, 2_000));
            await broker.stop();
            await sleep(chance.int(0, 500));
            await broker.start();
            if (!chance.percent(25)) continue;
            await bridge.kill();
            kills++;
            await (await bridge.start()).ready;
          }
          return { restarts, kills };
        },
        { forecastEvery: 2_000, eventEvery: target.name === sandbox.name ? 30 : 200, drainSeconds: 900, patience: BRISK },
      );
    });
});
