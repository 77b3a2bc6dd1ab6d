/** Odoo fails in every way that a server, a proxy or a network can, with forecasts and events flowing. */
import { exec } from 'node:child_process';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { mosquittoPath } from '../support/mosquitto.ts';
import type { Trouble } from '../support/odoo-proxy.ts';
import { mustHave } from '../support/required.ts';
import { odooServers } from '../support/servers.ts';
import { chanceOf } from './support/chance.ts';
import { countOf } from './support/counts.ts';
import { underLoad } from './support/under-load.ts';

const TROUBLES: Readonly<Record<Trouble, string>> = {
  refuse: 'refuses',
  hang: 'does not answer',
  'bad-gateway': 'stands behind a proxy that answers 502',
  html: 'answers with a page of HTML',
  cut: 'does what it is asked, and the connection breaks before the answer',
  'gateway-timeout': 'does what it is asked, and a proxy answers 504',
  slow: 'answers after 30 s',
};

for (const target of odooServers())
  (mustHave('mosquitto', mosquittoPath()) ? describe : describe.skip)(`faults of Odoo: ${target.name}`, function () {
    this.timeout(0);
    const seed = countOf('seed');

    if (target.name === 'sandbox')
      for (const [trouble, words] of Object.entries(TROUBLES))
        it(`loses nothing and doubles nothing while Odoo ${words} (seed ${seed})`, async () => {
          await underLoad(target, async ({ odoo }) => {
            const chance = chanceOf(seed);
            await sleep(1_000);
            odoo.trouble(() => (chance.percent(50) ? (trouble as Trouble) : undefined));
            await sleep(8_000);
            odoo.peace();
            return undefined;
          });
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
        { forecastEvery: 2_000, eventEvery: 40 },
      );
    });

    if (target.restart)
      it('loses nothing and doubles nothing while Odoo is restarted', async () => {
        await underLoad(target, async () => {
          await sleep(2_000);
          await promisify(exec)(target.restart ?? '');
          await sleep(2_000);
          return undefined;
        });
      });
  });
