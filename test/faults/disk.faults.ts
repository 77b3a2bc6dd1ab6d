/** The disk of a SQLite store runs full under a real Node-RED, and gets room again. */
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { verifyAudit } from '../../lib/store/verify-audit.ts';
import { mosquittoPath } from '../support/mosquitto.ts';
import { mustHave } from '../support/required.ts';
import { canMountDisks, mountSmallDisk, type SmallDisk } from '../support/tmpfs.ts';
import { chanceOf } from './support/chance.ts';
import { countOf } from './support/counts.ts';
import { openSite, type Site } from './support/site.ts';
import { goesOn, refused, throughTrouble } from './support/through-trouble.ts';

const canRun = mustHave('tmpfs', canMountDisks()) && mustHave('mosquitto', mosquittoPath());
const WORDS = /Nothing was accepted: The disk of the store is full\. Free some space/;

(canRun ? describe : describe.skip)('a store on a disk that runs full', function () {
  this.timeout(60_000);
  const seed = countOf('seed');
  const chance = chanceOf(seed);
  let disk: SmallDisk;
  let site: Site;
  before(async () => {
    disk = mountSmallDisk(16);
    site = await openSite(join(disk.folder, 'store.sqlite'));
    await site.start();
  });
  after(async () => {
    await site?.close();
    disk?.close();
  });

  it(`refuses in words, leaves events with the broker, and goes on by itself once there is room (seed ${seed})`, async () => {
    await throughTrouble(site, { code: 'full', words: WORDS, begin: disk.fill, end: disk.free, chance });
  });

  it(`comes up on a full disk, and gets the events again that it had not acknowledged when it was killed (seed ${seed})`, async () => {
    const already = await site.delayed();
    disk.fill();
    const events = chance.int(1, 6);
    await site.delay(events);
    await sleep(chance.int(0, 1_000));
    await site.kill();
    await site.start();
    await refused(site, 'full', WORDS);
    disk.free();
    await goesOn(site, events, already);
  });

  it('has an audit that holds', async () => {
    await site.kill('SIGTERM');
    assert.deepEqual((await verifyAudit(join(disk.folder, 'store.sqlite'))).faults, []);
  });
});
