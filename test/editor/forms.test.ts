/** Every form in a real browser, on a real Node-RED with the shipped flow and the sandbox behind it. */
import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser, Locator, Page } from 'playwright-core';
import manifest from '../../package.json' with { type: 'json' };
import { writeFlows } from '../../sandbox/flows.ts';
import { type RunningNodeRed, startNodeRed } from '../../sandbox/node-red.ts';
import { startSandbox } from '../../sandbox/odoo/server.ts';
import { hasChromium, openChromium } from '../support/chromium.ts';
import { freePort } from '../support/ports.ts';

/** The editor's own objects, as far as the tests use them. */
type EditorNode = {
  id: string;
  type: string;
  valid: boolean;
  validationErrors?: string[];
  _def: { category: string };
} & Record<string, unknown>;
type Editor = {
  nodes: { node(id: string): EditorNode; filterNodes(by: { type: string }): EditorNode[] };
  editor: { edit(node: EditorNode): void; editConfig(name: string, type: string, id: string): void };
  view: { importNodes(nodes: unknown, options: unknown): void };
};
declare const RED: Editor;

/** One node of each type, as the shipped flow names it; `reader` is imported by a test. */
const NODES: Readonly<Record<string, string>> = {
  'odoo-server': 'odoo',
  'sync-store': 'store',
  'odoo-read': 'reader',
  'odoo-write': 'write',
  'canonical-map': 'map-in',
  'forecast-receive': 'receive',
  'forecast-validate': 'validate',
  'forecast-approve': 'approve',
  'forecast-version': 'v-approve',
  'forecast-target': 'target',
  'forecast-watch': 'fp-watch',
  'exception-route': 'route',
  'exception-desk': 'xd-find',
  'sync-run': 'run',
  'event-receive': 'events',
  'sync-settle': 'out-settle',
  'sync-replay': 'letters-listed',
};
const READER = {
  id: 'reader',
  type: 'odoo-read',
  z: 'pb-forecast-import',
  name: 'reader',
  server: 'odoo',
  operation: 'search',
  model: 'product.product',
  domain: '["|", ["default_code", "=like", "BIKE%"], ["default_code", "=", "TYRE-28"]]',
  fields: '',
  order: '',
  limit: 0,
  pageSize: 1000,
  groupBy: '',
  aggregates: '',
  context: '',
  x: 200,
  y: 700,
  wires: [[]],
};
/** What the browser cannot reach in a closed network: Node-RED's own news and updates. */
const OUTSIDE = /net::ERR_(NAME_NOT_RESOLVED|INTERNET_DISCONNECTED|NETWORK_CHANGED|CONNECTION)/;

describe('the forms in a browser', function () {
  this.timeout(60_000);
  let home: string;
  let sandbox: Awaited<ReturnType<typeof startSandbox>> | undefined;
  let nodeRed: RunningNodeRed | undefined;
  let browser: Browser | undefined;
  let page: Page;
  const faults: string[] = [];

  before(async function () {
    if (!hasChromium()) {
      this.test!.title = 'need /usr/bin/chromium, which is not here';
      this.skip();
    }
    home = await mkdtemp(join(tmpdir(), 'planbridge-forms-'));
    sandbox = await startSandbox();
    const env = {
      ODOO_URL: sandbox.url,
      ODOO_DB: sandbox.database,
      ODOO_LOGIN: sandbox.login,
      ODOO_PASSWORD: sandbox.password,
      PLANBRIDGE_STORE: '',
      MQTT_URL: '',
    };
    await writeFlows(home, ['forecast-import', 'exception-desk', 'shop-floor-events', 'dead-letters', 'forecast-to-procurement']);
    nodeRed = await startNodeRed({ home, port: await freePort(), env, quiet: true });
    await nodeRed.ready;
    browser = await openChromium();
    page = await browser.newPage({ viewport: { width: 1600, height: 1200 } });
    page.setDefaultTimeout(10_000);
    page.on('pageerror', (error) => faults.push(error.message));
    page.on('console', (message) => {
      if (message.type() === 'error' && !OUTSIDE.test(message.text())) faults.push(message.text());
    });
    await page.goto(nodeRed.url);
    await page.waitForFunction(() => typeof RED === 'object' && RED.nodes?.node?.('write'), undefined, { timeout: 30_000 });
    await page.waitForTimeout(500);
  });

  after(async () => {
    await browser?.close();
    await nodeRed?.stop();
    await sandbox?.close();
    if (home) await rm(home, { recursive: true, force: true });
  });

  afterEach(async () => {
    // A form that a failed test left open would stand in the way of all that follow.
    const cancel = page.locator('#node-dialog-cancel, #node-config-dialog-cancel');
    while (await cancel.count()) {
      await cancel.last().click();
      await page.waitForTimeout(400);
    }
    assert.deepEqual(faults.splice(0), [], 'faults in the browser');
  });

  const nodeOf = (id: string) =>
    page.evaluate((name) => {
      const {
        valid,
        validationErrors = [],
        model,
        domain,
        keys,
        rules,
        mapping,
        source,
        followUp,
        deviations,
      } = RED.nodes.node(name);
      return { valid, validationErrors, model, domain, keys, rules, mapping, source, followUp, deviations };
    }, id);
  const open = async (id: string) => {
    await page.evaluate((name) => {
      const node = RED.nodes.node(name);
      if (node._def.category === 'config') RED.editor.editConfig('', node.type, node.id);
      else RED.editor.edit(node);
    }, id);
    await page.waitForSelector('.red-ui-tray-body .planbridge');
    // The tray slides in; buttons move until then.
    await page.waitForTimeout(400);
  };
  const close = async (button: 'ok' | 'cancel') => {
    await page.click(`#node-dialog-${button}, #node-config-dialog-${button}`);
    await page.waitForSelector('.red-ui-tray', { state: 'detached' });
  };
  const textOf = async (locator: Locator) => (await locator.textContent()) ?? '';
  /** Types into an input, and takes what is suggested first. */
  const complete = async (input: Locator, typed: string, wanted: string) => {
    await input.fill('');
    await input.pressSequentially(typed);
    const choice = page.locator('.red-ui-autoComplete-container').getByText(wanted, { exact: true }).first();
    await choice.waitFor();
    await choice.click();
    await page.waitForTimeout(200);
  };

  for (const type of Object.keys(NODES).filter((name) => !['odoo-server', 'sync-store'].includes(name)))
    it(`drags ${type} from the palette into the flow`, async () => {
      const inPalette = page.locator(`.red-ui-palette-node[data-palette-type="${type}"]`);
      await inPalette.scrollIntoViewIfNeeded();
      assert.notEqual((await textOf(inPalette)).trim(), '');
      const count = () => page.evaluate((name) => RED.nodes.filterNodes({ type: name }).length, type);
      const before = await count();
      const from = (await inPalette.boundingBox())!;
      await page.mouse.move(from.x + 30, from.y + 10);
      await page.mouse.down();
      await page.mouse.move(700, 760, { steps: 8 });
      await page.mouse.up();
      assert.equal(await count(), before + 1);
      await page.keyboard.press('Delete');
      assert.equal(await count(), before);
    });

  it('imports a node', async () => {
    await page.evaluate((node) => RED.view.importNodes([node], { generateIds: false, addFlow: false }), READER);
    await page.mouse.click(900, 760);
    assert.equal((await nodeOf('reader')).valid, true);
  });

  for (const [type, id] of Object.entries(NODES))
    it(`opens ${type} with a text at every field, and help`, async () => {
      await open(id);
      const texts = await page
        .locator('.red-ui-tray-body [data-i18n]')
        .evaluateAll((elements) =>
          elements.map((element) => [
            element.getAttribute('data-i18n'),
            element.textContent,
            element.getAttribute('placeholder'),
          ]),
        );
      assert.ok(texts.length > 1);
      // A key that has no text is shown as the key itself.
      assert.deepEqual(
        texts.filter((parts) => parts.slice(1).some((shown) => /^(editor|[a-z]+-[a-z]+)\.\w+/.test(shown ?? ''))),
        [],
      );
      const overflowing = await page
        .locator('.red-ui-tray-body')
        .last()
        .evaluate((body) => body.scrollWidth - body.clientWidth);
      assert.ok(overflowing <= 0, `the form is ${overflowing} pixels too wide`);
      assert.equal((await nodeOf(id)).valid, true);
      await close('cancel');
      const help = await page.request.get(`${nodeRed!.url}/nodes`, { headers: { accept: 'text/html' } });
      assert.match(await help.text(), new RegExp(`data-help-name="${type}"`));
    });

  it('says in words what is wrong with a setting, and keeps one that is right', async () => {
    await open('target');
    await page.fill('#node-input-reviewDays', '900');
    await page.press('#node-input-reviewDays', 'Tab');
    await page.locator('#node-input-reviewDays').blur();
    await page.locator('#node-input-reviewDays.input-error').waitFor();
    await close('ok');
    const wrong = await nodeOf('target');
    assert.equal(wrong.valid, false);
    assert.match(String(wrong.validationErrors), /Review: a whole number from 0 to 365/);
    await open('target');
    await page.fill('#node-input-reviewDays', '14');
    await close('ok');
    assert.equal((await nodeOf('target')).valid, true);
    await open('target');
    assert.equal(await page.inputValue('#node-input-reviewDays'), '14');
    await close('cancel');
  });

  it('unfolds the part that holds a setting which is not right', async () => {
    await open('validate');
    await page.locator('details:has(#node-input-cacheSeconds) > summary').click();
    await page.fill('#node-input-cacheSeconds', '-1');
    await close('ok');
    await open('validate');
    await page.locator('details[open] #node-input-cacheSeconds').waitFor();
    await page.fill('#node-input-cacheSeconds', '300');
    await close('ok');
    assert.equal((await nodeOf('validate')).valid, true);
  });

  it('tries the connection of a server, and says what is wrong with it', async () => {
    await open('odoo');
    const answer = page.locator('#planbridge-test-answer');
    await page.click('#planbridge-test');
    await answer.getByText(/It works: \w+, \d+ models/).waitFor();
    await page.fill('#node-config-input-password', 'not this one');
    await page.click('#planbridge-test');
    await page.locator('#planbridge-test-answer.planbridge-bad').waitFor();
    assert.match(await textOf(answer), /login|password|credentials/i);
    // The browser notes the answer's status; it is what was asked for.
    assert.match(faults.splice(0).join(), /502/);
    await close('cancel');
  });

  it('shows how a server has been answering, where it did not', async () => {
    const breaker = page.locator('#planbridge-breaker');
    await open('odoo');
    assert.equal(await textOf(breaker), '');
    await close('cancel');
    const away = { state: 'open', failures: 4, openUntil: Date.now() + 60_000, error: "It's away." };
    await page.route('**/odoo-server/odoo/breaker', (route) => route.fulfill({ json: away }));
    await open('odoo');
    await breaker.getByText(/left alone until \S.*, for 4 calls in a row .*: It's away\.$/).waitFor();
    await page.unroute('**/odoo-server/odoo/breaker');
    await close('cancel');
  });

  it('shows only what the chosen operation needs', async () => {
    await open('write');
    const shown = () =>
      page.evaluate(() =>
        ['keys', 'fillEmpty', 'method', 'args', 'followUp', 'store', 'maxAttempts'].filter(
          (name) =>
            (
              globalThis as unknown as {
                document: { querySelector(s: string): { closest(s: string): { offsetParent: unknown } } };
              }
            ).document
              .querySelector(`#node-input-${name}`)
              .closest('.form-row').offsetParent,
        ),
      );
    assert.deepEqual(await shown(), ['keys', 'fillEmpty', 'followUp', 'store', 'maxAttempts']);
    await page.selectOption('#node-input-operation', 'call');
    assert.deepEqual(await shown(), ['keys', 'method', 'args', 'store', 'maxAttempts']);
    await page.uncheck('#node-input-durable');
    await page.selectOption('#node-input-operation', 'create');
    assert.deepEqual(await shown(), ['keys', 'followUp', 'store']);
    await close('cancel');
  });

  it('suggests models and fields of the live server, and keeps what was taken', async () => {
    await open('write');
    await complete(page.locator('#node-input-model'), 'orderpo', 'stock.warehouse.orderpoint');
    await complete(page.locator('#node-input-keys'), 'product_i', 'product_id');
    await page.locator('#node-input-keys').press('End');
    await page.locator('#node-input-keys').pressSequentially(', location');
    await page.locator('.red-ui-autoComplete-container').getByText('location_id', { exact: true }).first().click();
    await page.waitForTimeout(200);
    await close('ok');
    const { model, keys } = await nodeOf('write');
    assert.deepEqual([model, keys], ['stock.warehouse.orderpoint', 'product_id, location_id']);
    await open('write');
    assert.equal(await page.inputValue('#node-input-keys'), 'product_id, location_id');
    await close('cancel');
  });

  it('builds a domain, counts what it matches, and gives it as text and back', async () => {
    await open('reader');
    const builder = page.locator('#planbridge-domain');
    assert.equal(await builder.locator('.planbridge-join').first().inputValue(), 'or');
    await builder.getByText('Count matching records').click();
    await builder.getByText(/[1-9]\d* records match/).waitFor();

    await builder.getByText('condition', { exact: true }).first().click();
    await complete(builder.locator('.planbridge-field').last(), 'product_tmpl_id.nam', 'name');
    assert.equal(await builder.locator('.planbridge-field').last().inputValue(), 'product_tmpl_id.name');
    await builder.locator('.planbridge-operator').last().selectOption('ilike');
    await builder.locator('.planbridge-value').last().fill('helmet');
    await builder.getByText('Edit as text').click();
    const text = builder.locator('textarea');
    assert.deepEqual(JSON.parse(await text.inputValue()), [
      '|',
      '|',
      ['default_code', '=like', 'BIKE%'],
      ['default_code', '=', 'TYRE-28'],
      ['product_tmpl_id.name', 'ilike', 'helmet'],
    ]);

    await text.fill("[('active', '=', True), '!', ('default_code', 'in', ['A', 'B'])");
    await builder.getByText('Edit as rows').click();
    await builder
      .locator('.planbridge-bad')
      .getByText(/cannot be understood/)
      .waitFor();
    await text.fill("[('active', '=', True), '!', ('default_code', 'in', ['A', 'B'])]");
    await builder.getByText('Edit as rows').click();
    assert.equal(await builder.locator('.planbridge-join').last().inputValue(), 'not');
    await builder.locator('.planbridge-value').first().fill('false');
    await close('ok');
    assert.equal((await nodeOf('reader')).domain, '["&",["active","=",false],"!",["default_code","in",["A","B"]]]');
  });

  it('tries a preset on pasted lines and shows what comes of each', async () => {
    await open('map-in');
    await page.fill('#node-input-sample', 'product;location;period;quantity\nA;WH;2026-13;1,5\nA;WH;2026-12;1,5');
    await page.click('#planbridge-try');
    const result = page.locator('#planbridge-result');
    await result.getByText('Mapped: 1').waitFor();
    assert.match(await textOf(result.locator('table').first()), /A.*WH.*2026-12.*1\.5/);
    assert.match(await textOf(result), /Refused: 1/);
    assert.match(await textOf(result.locator('table').last()), /period.*2026-13/);
    await close('cancel');
  });

  it('copies a preset to edit, changes its rows, and keeps them over saving and JSON', async () => {
    await open('map-in');
    await page.selectOption('#node-input-preset', 'sap-ibp');
    await page.click('#planbridge-copy');
    assert.equal(await page.inputValue('#node-input-source'), 'inline');
    const rows = page.locator('#planbridge-rows > li');
    assert.equal(await rows.count(), 6);
    assert.match(await textOf(rows.first().locator('.planbridge-summary')), /trim · strip \(0, true\) · required/);

    // A column of another name, a step more, and a value to take instead.
    await rows.nth(4).locator('.planbridge-from + .red-ui-typedInput-container input.red-ui-typedInput-input').fill('UNIT');
    await rows.nth(4).getByTitle('What is done to the value').click();
    await rows.nth(4).getByText('step', { exact: true }).click();
    await rows.nth(4).locator('.planbridge-step').last().selectOption('table');
    await rows.nth(4).locator('.planbridge-option-values').fill('EA = Units, DZ = Dozens');
    await rows.nth(4).locator('.planbridge-option-otherwise').fill('keep');
    await rows.nth(4).locator('.planbridge-default + .red-ui-typedInput-container input.red-ui-typedInput-input').fill('Units');
    await page.locator('#planbridge-mapping-id').fill('plant-ibp');
    await page.click('#planbridge-mapping-mode');
    await page.locator('#planbridge-mapping-text').getByText('plant-ibp').first().waitFor();
    await page.click('#planbridge-mapping-mode');
    await rows.first().waitFor();
    await close('ok');

    const { mapping, source } = await nodeOf('map-in');
    const saved = JSON.parse(String(mapping));
    assert.equal(source, 'inline');
    assert.equal(saved.id, 'plant-ibp');
    assert.deepEqual(saved.rows[4], {
      to: 'uom',
      from: 'UNIT',
      transforms: ['trim', { table: { values: { EA: 'Units', DZ: 'Dozens' }, otherwise: 'keep' } }],
      default: 'Units',
    });
    assert.deepEqual(saved.rows[0].transforms, ['trim', { strip: { with: '0', digitsOnly: true } }]);
    await open('map-in');
    assert.equal(await rows.count(), 6);
    await page.fill('#node-input-sample', 'PRDID,LOCID,PERIODID,CONSENSUSDEMANDQTY,UNIT\n000000000000000042,WH,2026-12-07,5,DZ');
    await page.click('#planbridge-try');
    await page.locator('#planbridge-result').getByText('Mapped: 1').waitFor();
    assert.match(await textOf(page.locator('#planbridge-result table')), /42.*2026-W50.*Dozens/);
    await close('cancel');
  });

  it('says what is wrong with a mapping that is written by hand', async () => {
    await open('map-in');
    await page.locator('#planbridge-rows > li').first().getByTitle('What is done to the value').click();
    await page.locator('#planbridge-rows .planbridge-option-length').first().fill('many');
    await page.locator('#planbridge-rows .planbridge-option-length').first().blur();
    await page.locator('#planbridge-mapping-fault').getByText('length: many is not a number').waitFor();
    await close('cancel');
  });

  it('keeps the rules of an exception route', async () => {
    await open('route');
    await page.click('.red-ui-editableList-addButton');
    await complete(page.locator('.planbridge-reason'), 'supply', 'NO_SUPPLY_SOURCE');
    await page.fill('.planbridge-product', 'BIKE-*');
    await page.selectOption('.planbridge-severity', 'high');
    await page.selectOption('.planbridge-owner', 'integration');
    await close('ok');
    assert.deepEqual((await nodeOf('route')).rules, [
      { reason: 'NO_SUPPLY_SOURCE', product: 'BIKE-*', severity: 'high', owner: 'integration' },
    ]);
    await open('route');
    assert.equal(await page.inputValue('.planbridge-reason'), 'NO_SUPPLY_SOURCE');
    assert.equal(await page.inputValue('.planbridge-owner'), 'integration');
    await close('cancel');
  });

  it('keeps the limits of a deviation', async () => {
    const limits = page.locator('#planbridge-deviations');
    await open('validate');
    await limits.locator('summary').click();
    await limits.locator('.red-ui-editableList-addButton').click();
    await page.fill('.planbridge-group', '*Furniture*');
    await page.fill('.planbridge-percent', '30');
    await page.fill('.planbridge-quantity', '-5');
    await close('ok');
    const wrong = await nodeOf('validate');
    assert.match(String(wrong.validationErrors), /Deviation from the baseline: numbers of zero or more/);
    await open('validate');
    assert.equal(await page.inputValue('.planbridge-group'), '*Furniture*');
    await page.fill('.planbridge-quantity', '');
    await close('ok');
    const { valid, deviations } = await nodeOf('validate');
    assert.deepEqual([valid, deviations], [true, [{ group: '*Furniture*', percent: 30 }]]);
    await open('validate');
    assert.equal(await page.inputValue('.planbridge-percent'), '30');
    await limits.locator('.red-ui-editableList-item-remove').click();
    await page.waitForTimeout(400);
    await close('ok');
    assert.deepEqual((await nodeOf('validate')).deviations, []);
  });

  it('covers every node of the package', () => {
    assert.deepEqual(Object.keys(NODES).sort(), Object.keys(manifest['node-red'].nodes).sort());
  });
});
