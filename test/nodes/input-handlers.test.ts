import assert from 'node:assert/strict';
import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const ROOT = join(import.meta.dirname, '..', '..');
const BINDS = /\.(on|once|addListener)\(\s*['"`]input['"`]/;

describe('the shells', () => {
  it('take messages only through the one wrapper that keeps their order and their failures', () => {
    const binding = globSync('{lib,nodes}/**/*.ts', { cwd: ROOT }).filter((file) =>
      BINDS.test(readFileSync(join(ROOT, file), 'utf8')),
    );
    assert.deepEqual(binding, [join('lib', 'node', 'input.ts')]);
  });
});
