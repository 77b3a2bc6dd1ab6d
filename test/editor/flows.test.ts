/** Every shipped flow as a real editor draws it: in groups, from left to right, with nothing on top of anything. */
import assert from 'node:assert/strict';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser } from 'playwright-core';
import { writeFlows } from '../../sandbox/flows.ts';
import { type RunningNodeRed, startNodeRed } from '../../sandbox/node-red.ts';
import { hasChromium, openChromium } from '../support/chromium.ts';
import { type Box, crossing, type DrawnFlow, drawnFlow, holds, overlap, passesThrough } from '../support/drawn-flow.ts';
import { freePort } from '../support/ports.ts';

const FLOWS = join(import.meta.dirname, '..', '..', 'flows');

const pairs = <Thing>(things: readonly Thing[]): [Thing, Thing][] =>
  things.flatMap((one, index) => things.slice(index + 1).map((other): [Thing, Thing] => [one, other]));
const names = (boxes: readonly Box[]) => boxes.map(({ id }) => id).join(' and ');

describe('the shipped flows in a browser', function () {
  this.timeout(60_000);
  let home: string;
  let nodeRed: RunningNodeRed | undefined;
  let browser: Browser | undefined;
  const drawn = new Map<string, DrawnFlow>();

  before(async function () {
    if (!hasChromium()) {
      this.test!.title = 'need /usr/bin/chromium, which is not here';
      this.skip();
    }
    home = await mkdtemp(join(tmpdir(), 'planbridge-drawn-'));
    const shipped = (await readdir(FLOWS)).map((file) => file.replace(/\.json$/, ''));
    await writeFlows(home, shipped);
    const env = { ODOO_URL: 'http://127.0.0.1:9', ODOO_DB: 'none', PLANBRIDGE_STORE: '', MQTT_URL: '' };
    nodeRed = await startNodeRed({ home, port: await freePort(), env, quiet: true });
    await nodeRed.ready;
    browser = await openChromium();
    const page = await browser.newPage({ viewport: { width: 1600, height: 1200 } });
    await page.goto(nodeRed.url);
    await page.waitForSelector('.red-ui-flow-node');
    for (const name of shipped) {
      const flow = JSON.parse(await readFile(join(FLOWS, `${name}.json`), 'utf8')) as { id: string; type: string }[];
      drawn.set(name, await drawnFlow(page, flow.find(({ type }) => type === 'tab')?.id ?? ''));
    }
  });
  after(async () => {
    await browser?.close();
    await nodeRed?.stop();
    if (home) await rm(home, { recursive: true, force: true });
  });

  const each = (promise: string, faults: (flow: DrawnFlow) => string[]) =>
    it(promise, () => {
      assert.ok(drawn.size > 0);
      for (const [name, flow] of drawn) {
        assert.ok(flow.nodes.length > 0 && flow.wires.length > 0, name);
        assert.deepEqual(faults(flow), [], name);
      }
    });

  each('has every node inside a group', ({ nodes, groups }) =>
    nodes.filter((node) => !groups.some((group) => group.id === node.group && holds(group, node))).map(({ id }) => id),
  );
  each('has nothing on top of anything else', ({ nodes, groups }) =>
    [...pairs(nodes), ...pairs(groups)].filter(([one, other]) => overlap(one, other)).map(names),
  );
  each('reads from left to right', ({ nodes, wires }) => {
    const boxes = new Map(nodes.map((node) => [node.id, node]));
    const backward = ({ from, to }: { from: string; to: string }) => {
      const [source, target] = [boxes.get(from), boxes.get(to)];
      return !source || !target || target.x <= source.x + source.w;
    };
    return wires.filter(backward).map(({ from, to }) => `${from} to ${to}`);
  });
  each('has no wires that cross', ({ wires }) =>
    pairs(wires)
      .filter(([one, other]) => crossing(one, other))
      .map(([one, other]) => `${one.from} to ${one.to}, and ${other.from} to ${other.to}`),
  );
  each('has no wire that runs through a node', ({ nodes, wires }) =>
    wires.flatMap((wire) =>
      nodes.filter((node) => passesThrough(wire, node)).map(({ id }) => `${wire.from} to ${wire.to} through ${id}`),
    ),
  );
});
