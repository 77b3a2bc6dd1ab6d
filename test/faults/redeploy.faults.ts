/** The flow is deployed anew while forecasts and events are on their way through it. */
import { setTimeout as sleep } from 'node:timers/promises';
import { mosquittoPath } from '../support/mosquitto.ts';
import { mustHave } from '../support/required.ts';
import { chanceOf } from './support/chance.ts';
import { countOf } from './support/counts.ts';
import { newest, sandbox } from './support/targets.ts';
import { BRISK, underLoad } from './support/under-load.ts';

/** Each kind on the sandbox, the one that ends every node on the newest Odoo as well. */
const DEPLOYMENTS = [
  ...['full', 'flows', 'nodes', 'reload'].map((type) => ({ type, target: sandbox })),
  ...(newest ? [{ type: 'full', target: newest }] : []),
];

(mustHave('mosquitto', mosquittoPath()) ? describe : describe.skip)('deploying under load', function () {
  this.timeout(0);
  const deployments = countOf('deployments');
  const seed = countOf('seed');

  for (const { type, target } of DEPLOYMENTS)
    it(`on ${target.name}, loses nothing and doubles nothing in ${deployments} deployments of the kind ${type} (seed ${seed})`, async () => {
      await underLoad(
        target,
        async ({ bridge }) => {
          const chance = chanceOf(seed);
          for (let deployment = 0; deployment < deployments; deployment++) {
            await sleep(chance.int(100, 1_500));
            await bridge.deploy(type, (nodes) => {
              // A node that is changed is made anew; which one is chance.
              const node = chance.pick(
                nodes.filter(({ type: kind }) => /^(odoo|forecast|event|exception|canonical)-/.test(kind)),
              );
              node.name = `${node.type} ${deployment}`;
            });
          }
          return { deployments };
        },
        { eventEvery: 40, patience: BRISK },
      );
    });
});
