/** What the forms register, against what the runtime takes; without a browser. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createContext, runInContext } from 'node:vm';
import type { z } from 'zod';
import manifest from '../../package.json' with { type: 'json' };
import { bundleForm, type Texts } from '../../scripts/form.ts';

type Property = { value: unknown; validate?: (this: unknown, value: unknown, options: object) => boolean | string };
type Definition = {
  category: string;
  color?: string;
  icon?: string;
  outputs?: number;
  defaults: Record<string, Property>;
  outputLabels?: (this: unknown, index: number) => string;
  label: (this: unknown) => string;
};

const ROOT = join(import.meta.dirname, '..', '..');
const textsOf = (name: string) => JSON.parse(readFileSync(join(ROOT, 'locales', 'en-US', `${name}.json`), 'utf8')) as Texts;

/** Settings that only the form itself uses. */
const FORM_ONLY: Readonly<Record<string, readonly string[]>> = { 'canonical-map': ['sample'] };

/** Runs a bundled form where there is no page: what it registers is what comes of it. */
async function definitionOf(type: string): Promise<Definition> {
  const page: unknown = new Proxy(() => page, { get: (_, name) => (name === 'length' ? 1 : page), apply: () => page });
  const registered = new Map<string, Definition>();
  const configs: Record<string, unknown> = { good: { valid: true }, bad: { valid: false } };
  const RED = {
    nodes: {
      registerType: (name: string, definition: Definition) => registered.set(name, definition),
      node: (id: string) => configs[id] ?? null,
    },
  };
  runInContext(await bundleForm(join(ROOT, 'nodes', type, 'editor.ts')), createContext({ RED, $: page, document: page }));
  assert.deepEqual([...registered.keys()], [type]);
  return registered.get(type)!;
}

/** A node as its form's functions see it, with the texts that the build serves. */
function nodeOf(type: string, definition: Definition, settings: Record<string, unknown> = {}) {
  const texts: Texts = { ...textsOf(type), ...textsOf('editor') };
  const text = (key: string, values: Record<string, unknown> = {}) => {
    const found = key.split('.').reduce<unknown>((level, part) => (level as Texts | undefined)?.[part], texts);
    assert.equal(typeof found, 'string', `there is no text ${key}`);
    return String(found).replace(/__(\w+)__/g, (_, name: string) => String(values[name]));
  };
  const standard = Object.entries(definition.defaults).map(([name, { value }]) => [name, value]);
  return { id: 'n', type, _: text, ...Object.fromEntries(standard), ...settings };
}

for (const type of Object.keys(manifest['node-red'].nodes))
  describe(`the form of ${type}`, () => {
    let definition: Definition;
    before(async () => {
      definition = await definitionOf(type);
    });

    it('has the settings that the runtime reads, with the defaults that it has', async () => {
      const { Settings } = (await import(`../../nodes/${type}/settings.ts`)) as { Settings: z.ZodObject };
      const names = Object.keys(definition.defaults).filter((name) => name !== 'name' && !FORM_ONLY[type]?.includes(name));
      assert.deepEqual(names.sort(), Object.keys(Settings.shape).sort());
      for (const [name, standard] of Object.entries(Settings.parse({}))) {
        // A blank default of the runtime may be an example in the form, such as a path.
        if (standard === '' || (typeof standard === 'object' && Object.keys(standard as object).length === 0)) continue;
        assert.equal(definition.defaults[name]!.value, standard, name);
      }
      Settings.parse(Object.fromEntries(names.map((name) => [name, definition.defaults[name]!.value])));
    });

    it('labels each output, and the node itself', () => {
      const node = nodeOf(type, definition);
      for (let index = 0; index < (definition.outputs ?? 0); index++) assert.ok(definition.outputLabels!.call(node, index));
      assert.ok(definition.label.call(node));
      assert.equal(definition.label.call({ ...node, name: 'Mine' }), 'Mine');
    });

    it('stands in the palette with an icon and a colour of its own, or among the config nodes', () => {
      if (definition.category === 'config') return assert.equal(definition.icon, undefined);
      assert.equal(definition.category, 'Planbridge');
      assert.equal(definition.icon, `${type}.svg`);
      assert.match(definition.color ?? '', /^#[0-9A-F]{6}$/);
    });

    it('takes its own defaults, but for what must be chosen', () => {
      const node = nodeOf(type, definition);
      const wrong = Object.entries(definition.defaults).filter(
        ([, { value, validate }]) => validate?.call(node, value, {}) !== true && validate,
      );
      assert.deepEqual(
        wrong.map(([name]) => name).filter((name) => !['server', 'store', 'url'].includes(name)),
        [],
      );
    });

    it('says in words what is wrong, after the name of the setting', () => {
      const node = nodeOf(type, definition, { source: 'inline' });
      for (const [name, { validate }] of Object.entries(definition.defaults)) {
        if (!validate) continue;
        // Node-RED takes a text for a message only from a validator with two parameters.
        assert.equal(validate.length, 2, name);
        const wrong = ['\u0000 no [such', 'ftp://no', 'gone', '[oops']
          .map((value) => validate.call(node, value, {}))
          .find((said) => said !== true);
        assert.match(String(wrong), /^[A-Z].*: .+/, name);
      }
    });
  });

describe('validators of the forms', () => {
  const said = async (type: string, name: string, value: unknown, settings: Record<string, unknown> = {}) => {
    const definition = await definitionOf(type);
    return definition.defaults[name]!.validate!.call(nodeOf(type, definition, settings), value, {});
  };

  it('take an environment variable for what only the runtime knows', async () => {
    assert.equal(await said('odoo-server', 'url', `\${ODOO_URL}`), true);
    assert.equal(await said('odoo-server', 'timeout', `\${SECONDS}`), true);
    assert.equal(await said('forecast-receive', 'path', `/\${PLANT}/forecasts`), true);
  });

  it('hold a number to its bounds', async () => {
    for (const [value, right] of [
      ['7', true],
      ['0', true],
      ['365', true],
      ['366', false],
      ['-1', false],
      ['1.5', false],
      ['', false],
      ['soon', false],
      [undefined, true],
    ] as const)
      assert.equal((await said('forecast-target', 'reviewDays', value)) === true, right, String(value));
  });

  it('know a config node that is missing, gone, or wrong itself', async () => {
    assert.equal(await said('sync-run', 'store', 'good'), true);
    assert.match(String(await said('sync-run', 'store', '_ADD_')), /Store: choose one/);
    assert.match(String(await said('sync-run', 'store', 'gone')), /does not exist any more/);
    assert.match(String(await said('sync-run', 'store', 'bad')), /settings that are not right/);
    assert.equal(await said('odoo-write', 'store', '', { durable: false }), true);
    assert.match(String(await said('odoo-write', 'store', '', { durable: true })), /choose one/);
    assert.equal(await said('canonical-map', 'server', ''), true);
    assert.equal(await said('forecast-validate', 'store', ''), true);
    assert.match(String(await said('forecast-validate', 'store', '', { deviations: [{ percent: 30 }] })), /choose one/);
  });

  it('take a domain as Odoo takes it, and say where it is wrong', async () => {
    assert.equal(await said('odoo-read', 'domain', "[('state', '=', 'done')]"), true);
    assert.match(String(await said('odoo-read', 'domain', '[("state", "=")]')), /Which records: .*three/);
  });

  it('want a mapping only where it is written here', async () => {
    assert.equal(await said('canonical-map', 'mapping', '', { source: 'preset' }), true);
    assert.match(String(await said('canonical-map', 'mapping', '', { source: 'inline' })), /no fields yet/);
  });

  it('know time zones', async () => {
    assert.equal(await said('odoo-server', 'timezone', 'Europe/Berlin'), true);
    assert.match(String(await said('odoo-server', 'timezone', 'Berlin')), /a time zone such as/);
  });

  it('keep a password out of an address', async () => {
    assert.equal(await said('sync-store', 'url', 'postgres://planner@db/plan'), true);
    assert.match(String(await said('sync-store', 'url', 'postgres://planner:secret@db/plan')), /own field/);
    assert.match(String(await said('sync-store', 'url', 'mysql://db')), /postgres/);
  });
});
