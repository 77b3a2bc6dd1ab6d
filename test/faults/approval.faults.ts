/** Node-RED is killed between approval and release, within a release, and in the middle of a roll-back. */
import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';
import type { RunSummary } from '../../lib/store/summary.ts';
import { verifyAudit } from '../../lib/store/verify-audit.ts';
import type { Version } from '../../lib/store/versions/read.ts';
import { mosquittoPath, startMosquitto } from '../support/mosquitto.ts';
import { mustHave } from '../support/required.ts';
import { odooServers } from '../support/servers.ts';
import { openBridge } from './support/bridge.ts';
import { chanceOf } from './support/chance.ts';
import { countOf } from './support/counts.ts';
import { openPlant } from './support/plant.ts';
import { lookInto } from './support/store-look.ts';

const POINTS = ['before-commit', 'after-commit', 'before-send', 'after-send', 'before-answer', 'after-answer'];
/** Every change waits for a person. */
const NOTHING_BY_ITSELF = { changedLinesPercent: 0, totalDeviationPercent: 0, largestChangePercent: 0, first: 'waits' };

for (const target of odooServers())
  (mustHave('mosquitto', mosquittoPath()) ? describe : describe.skip)(
    `killed while versions are decided on ${target.name}`,
    function () {
      this.timeout(0);
      const decisions = countOf('decisions');
      const seed = countOf('seed');

      it(`releases and rolls back each version once, in ${decisions} decisions (seed ${seed})`, async () => {
        const chance = chanceOf(seed);
        const broker = await startMosquitto();
        const plant = await openPlant(target);
        const bridge = await openBridge({ server: plant.server, broker: broker.url, approve: NOTHING_BY_ITSELF });
        const { made, bought } = plant.products;
        let kills = 0;
        let ended = false;

        /** Starts it, to end at some point again where it is `doomed`. */
        const start = async (doomed: boolean) => {
          ended = false;
          const nodeRed = await bridge.start(doomed ? `${chance.pick(POINTS)}#${chance.int(1, 12)}` : undefined);
          void nodeRed.exited.then(() => {
            ended = true;
          });
          return nodeRed;
        };
        const killAndStart = async () => {
          await bridge.kill();
          kills++;
          await start(true);
        };
        /** Asks until there is an answer that will do; a process that has ended is started anew, to go on to the end. */
        const until = async <Thing>(ask: (url: string) => Promise<Thing | undefined | false>): Promise<Thing> => {
          for (const end = Date.now() + 120_000; Date.now() < end; await sleep(100)) {
            if (ended) {
              kills++;
              await (await start(false)).ready;
            }
            const url = bridge.address();
            const thing = url && (await ask(url).catch(() => undefined));
            if (thing) return thing;
          }
          throw new Error(`No answer that would do. The versions: ${JSON.stringify([...(await versions())])}`);
        };
        const versions = async () => {
          const look = await lookInto(bridge.store);
          try {
            return await look.versions();
          } finally {
            await look.close();
          }
        };
        const post = (url: string, path: string, body: string, type = 'application/json') =>
          fetch(`${url}/planning${path}`, {
            method: 'POST',
            headers: { 'content-type': type },
            body,
            signal: AbortSignal.timeout(10_000),
          });
        const stateOf = async (url: string, run: string) =>
          ((await (await fetch(`${url}/planning/runs/${run}`)).json()) as RunSummary).state;

        try {
          const there = await Promise.all([made, bought].map((product) => plant.rule(product)));
          let quantity = 1_000 + 5 * Math.ceil(Math.max(...there.map(({ available, max }) => Math.max(available, max))));
          await (await start(false)).ready;
          for (let decision = 1; decision <= decisions; decision++) {
            quantity *= 2;
            const month = new Date().toISOString().slice(0, 7);
            const csv = `product,location,period,quantity\n${made},WH,${month},${quantity}\n${bought},WH,${month},${quantity}\n`;
            await killAndStart();
            const run = await until(async (url) => {
              const answer = await post(url, '/forecasts', csv, 'text/csv');
              return answer.status === 202 ? ((await answer.json()) as RunSummary).run : undefined;
            });
            await until(async (url) => (await stateOf(url, run)) === 'awaiting-approval');
            const before = { made: await plant.rule(made), bought: await plant.rule(bought) };

            await killAndStart();
            await until(async (url) => [202, 409].includes((await post(url, `/runs/${run}/approve`, '{}')).status));
            assert.equal(await until(async (url) => /^(applied|failed)/.exec(await stateOf(url, run))?.[0]), 'applied');
            const after = { made: await plant.rule(made), bought: await plant.rule(bought) };
            assert.ok(after.made.max > before.made.max && after.bought.max > before.bought.max);

            if (decision % 2 !== 0 || decision === 1) continue;
            const version = await until(
              async (url) => ((await (await fetch(`${url}/planning/runs/${run}`)).json()) as RunSummary).version ?? undefined,
            );
            await killAndStart();
            const comment = JSON.stringify({ comment: 'taken back' });
            await until(async (url) => [202, 409].includes((await post(url, `/versions/${version}/roll-back`, comment)).status));
            await until(async () => (await versions()).get(version) === 'rolled-back');
            const back = { made: await plant.rule(made), bought: await plant.rule(bought) };
            assert.deepEqual(
              [back.made.min, back.made.max, back.bought.min, back.bought.max],
              [before.made.min, before.made.max, before.bought.min, before.bought.max],
            );
          }
          // A forecast that was accepted, but whose answer got lost, was sent again: what still waits is refused.
          const waiting = await until(
            async (url) => (await (await fetch(`${url}/planning/versions?state=awaiting-approval`)).json()) as Version[],
          );
          for (const { run } of waiting)
            await until(
              async (url) => (await post(url, `/runs/${run}/reject`, JSON.stringify({ comment: 'sent twice' }))).status === 202,
            );
          await bridge.drained(120);
          const states = [...(await versions()).values()];
          assert.equal(states.filter((state) => state === 'released').length, 1, states.join());
          assert.ok(
            states.every((state) => ['released', 'superseded', 'rolled-back', 'refused'].includes(state)),
            states.join(),
          );
          await bridge.stop();
          const look = await lookInto(bridge.store);
          for (const run of await look.runs()) {
            const { state, received, accepted, held, rejected, applied, unchanged, dead } = await look.summary(run);
            assert.equal(received, accepted + held + rejected, run);
            assert.equal(accepted, state === 'refused' ? 0 : applied + unchanged + dead, run);
          }
          await look.close();
          assert.deepEqual((await verifyAudit(bridge.store)).faults, []);
          console.log(`      seed ${seed}:`, { decisions, kills, versions: states.length });
        } finally {
          await bridge.close();
          await plant.close();
          await broker.close();
        }
      });
    },
  );
