/** The PostgreSQL server that holds the store is killed again and again, with forecasts and events flowing. */
import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';
import { mosquittoPath } from '../support/mosquitto.ts';
import { postgresPrograms, startPostgres } from '../support/postgres.ts';
import { mustHave } from '../support/required.ts';
import { chanceOf } from './support/chance.ts';
import { countOf } from './support/counts.ts';
import { forecastOf } from './support/load.ts';
import { sandbox } from './support/targets.ts';
import { BRISK, underLoad } from './support/under-load.ts';

const canRun = mustHave('mosquitto', mosquittoPath()) && mustHave('postgres', postgresPrograms());

(canRun ? describe : describe.skip)('the PostgreSQL server of the store', function () {
  this.timeout(0);
  const kills = countOf('store-kills');
  const seed = countOf('seed');

  it(`may be killed ${kills} times: intake closes, and opens again by itself (seed ${seed})`, async () => {
    const postgres = await startPostgres();
    try {
      await underLoad(
        sandbox,
        async ({ bridge, plant }) => {
          const chance = chanceOf(seed);
          for (let kill = 0; kill < kills; kill++) {
            await sleep(chance.int(500, 3_000));
            await postgres.kill();
            const url = `${bridge.address()}/planning/forecasts`;
            const sent = { method: 'POST', headers: { 'content-type': 'text/csv' }, body: forecastOf(plant, 1) };
            const answer = await fetch(url, sent);
            assert.deepEqual([answer.status, answer.headers.get('retry-after')], [503, '30'], await answer.text());
            await sleep(chance.int(0, 2_000));
            await postgres.start();
          }
          return { 'kills of PostgreSQL': kills };
        },
        { store: postgres.url, eventEvery: 40, patience: BRISK },
      );
    } finally {
      await postgres.close();
    }
  });
});
