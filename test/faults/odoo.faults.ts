/** Odoo fails in every way that a server, a proxy or a network can, with forecasts and events flowing. */
import { exec } from 'node:child_process';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { mosquittoPath } from '../support/mosquitto.ts';
import type { Trouble } from '../support/odoo-proxy.ts';
import { mustHave } from '../support/required.ts';
import { odooServers } from '../support/servers.ts';
import type { Patience } from './support/bridge.ts';
import { chanceOf } from './support/chance.ts';
import { countOf } from './support/counts.ts';
import { sandbox, targets } from './support/targets.ts';
import { BRISK, underLoad } from './support/under-load.ts';

const TROUBLES: readonly { readonly kind: Trouble; readonly words: string; readonly patience?: Patience }[] = [
  { kind: 'refuse', words: 'refuses' },
  { kind: 'hang', words: 'does not answer' },
  { kind: 'bad-gateway', words: 'stands behind a proxy that answers 502' },
  { kind: 'html', words: 'answers with a page of HTML' },
  { kind: 'cut', words: 'does what it is asked, and the connection breaks before the answer' },
  { kind: 'gateway-timeout', words: 'does what it is asked, and a proxy answers 504' },
  { kind: 'slow', words: 'answers after 30 s, when nobody waits any more' },
  { kind: 'slow', words: 'answers after 30 s, which is waited for', patience: { limit: 50, timeout: 55 } },
];

/** As fast as a real Odoo comes after, where some of what it did has to be looked for first. */
const REAL = { eventEvery: 600, drainSeconds: 900 };

for (const target of odooServers())
  (mustHave('mosquitto', mosquittoPath()) ? describe : describe.skip)(`faults of Odoo: ${target.name}`, function () {
    this.timeout(0);
    const seed = countOf('seed');
    const seconds = countOf('seconds');

    if (targets.some(({ name }) => name === target.name))
      for (const { kind, words, patience = {} } of TROUBLES)
        it(`loses nothing and doubles nothing while Odoo ${words} (seed ${seed})`, async () => {
          await underLoad(
            target,
            async ({ odoo }) => {
              const chance = chanceOf(seed);
              await sleep(1_000);
              odoo.trouble(() => (chance.percent(50) ? kind : undefined));
              await sleep(seconds * 1_000);
              odoo.peace();
              return { 'seconds of it': seconds };
            },
            { patience: { ...BRISK, ...patience } },
          );
        });

    const writes = countOf('writes');
    it(`settles ${writes} writes of which 5 % of the answers are cut after Odoo has done them (seed ${seed})`, async () => {
      const chance = chanceOf(seed);
      await underLoad(
        target,
        async ({ odoo }) => {
          let written = 0;
          odoo.trouble(({ method }) => {
            if (!/create|write|save|load|action_/.test(method)) return undefined;
            written++;
            return chance.percent(5) ? 'cut' : undefined;
          });
          while (written < writes) await sleep(20);
          return { writes: written, 'answers cut': odoo.lost };
        },
        { ...(target.name === sandbox.name ? { eventEvery: 40 } : REAL), forecastEvery: 2_000, patience: BRISK },
      );
    });

    if (target.name !== sandbox.name)
      (mustHave('restart', target.restart) ? it : it.skip)(
        `loses nothing and doubles nothing while Odoo is restarted (seed ${seed})`,
        async () => {
          await underLoad(target, async () => {
            await sleep(2_000);
            await promisify(exec)(target.restart ?? '');
            await sleep(2_000);
            return undefined;
          });
        },
      );
  });
