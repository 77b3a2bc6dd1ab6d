import assert from 'node:assert/strict';
import { globSync, readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';

const ROOT = join(import.meta.dirname, '..', '..');

/** From the ground up: a room imports only from itself and from rooms before it. */
const ROOMS = [
  'canonical',
  'odoo',
  'exceptions',
  'store',
  'mapping',
  'forecast',
  'delivery',
  'release',
  'intake',
  'events',
  'node',
];
/** Arrows that the order would allow and the design forbids. */
const STRANGERS: Record<string, readonly string[]> = { odoo: ['canonical'], exceptions: ['odoo'], store: ['odoo'] };

const imports = (file: string) =>
  [...readFileSync(join(ROOT, file), 'utf8').matchAll(/(?:from|import\()\s*'([^']+)'/g)].map(([, name = '']) =>
    name.startsWith('.') ? relative(ROOT, join(ROOT, dirname(file), name)) : name,
  );

const sources = (pattern: string) => globSync(pattern, { cwd: ROOT });

describe('the house', () => {
  it('lets each room of lib import only from the rooms below it', () => {
    const wrong: string[] = [];
    for (const file of sources('lib/**/*.ts')) {
      const room = file.split('/')[1] ?? '';
      assert.ok(ROOMS.includes(room), `${file} stands in a room that nobody named`);
      for (const target of imports(file).filter((name) => name.startsWith('lib/'))) {
        const other = target.split('/')[1] ?? '';
        if (ROOMS.indexOf(other) > ROOMS.indexOf(room) || STRANGERS[room]?.includes(other))
          wrong.push(`${file} imports ${target}`);
      }
    }
    assert.deepEqual(wrong, []);
  });

  it('keeps Node-RED out of lib, but for lib/node', () => {
    const wrong = sources('lib/**/*.ts').filter(
      (file) => !file.startsWith('lib/node/') && imports(file).some((name) => /^@?node-red/.test(name)),
    );
    assert.deepEqual(wrong, []);
  });

  it('keeps nodes apart from each other', () => {
    const wrong: string[] = [];
    for (const file of sources('nodes/**/*.ts')) {
      const own = file.split('/')[1];
      for (const target of imports(file).filter((name) => name.startsWith('nodes/'))) {
        const other = target.split('/')[1];
        if (other !== own && other !== 'editor') wrong.push(`${file} imports ${target}`);
      }
    }
    assert.deepEqual(wrong, []);
  });
});
