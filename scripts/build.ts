/** Builds the package: `tsc` for the runtime, one `.html` a node, icons, locales and examples where Node-RED looks for them. */
import { execFileSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import manifest from '../package.json' with { type: 'json' };
import { bundleForm, checkForm } from './form.ts';

const ROOT = join(import.meta.dirname, '..');
const path = (...parts: string[]) => join(ROOT, ...parts);
const fail = (what: string): never => {
  console.error(`build: ${what}`);
  process.exit(1);
};
const needed = (file: string) => (existsSync(path(file)) ? path(file) : fail(`${file} is missing`));

const types = Object.keys(manifest['node-red'].nodes);
const folders = readdirSync(path('nodes'), { withFileTypes: true }).filter(
  (entry) => entry.isDirectory() && entry.name !== 'editor',
);
for (const { name } of folders) if (!types.includes(name)) fail(`nodes/${name} is not among package.json's node-red.nodes`);

for (const folder of ['dist', 'examples']) rmSync(path(folder), { recursive: true, force: true });
try {
  execFileSync(path('node_modules', '.bin', 'tsc'), ['-p', path('tsconfig.build.json')], { stdio: 'inherit' });
} catch {
  fail('the runtime does not compile');
}

const languages = readdirSync(path('locales'));
for (const type of types) {
  const target = path('dist', 'nodes', type);
  needed(`dist/nodes/${type}/${type}.js`);
  const template = readFileSync(needed(`nodes/${type}/editor.html`), 'utf8');
  const script = await bundleForm(needed(`nodes/${type}/editor.ts`)).catch((error: Error) => fail(error.message));
  const texts = JSON.parse(readFileSync(needed(`locales/en-US/${type}.json`), 'utf8')) as Record<string, unknown>;
  const faults = checkForm(type, script, template, texts[type], readFileSync(needed(`nodes/${type}/${type}.ts`), 'utf8'));
  if (faults.length > 0) fail(`the form of ${type}: ${faults.join('; ')}`);
  writeFileSync(join(target, `${type}.html`), `<script type="text/javascript">\n${script}</script>\n${template}`);

  mkdirSync(join(target, 'icons'));
  cpSync(needed(`icons/${type}.svg`), join(target, 'icons', `${type}.svg`));
  for (const language of languages)
    for (const ending of ['json', 'html']) {
      mkdirSync(join(target, 'locales', language), { recursive: true });
      cpSync(needed(`locales/${language}/${type}.${ending}`), join(target, 'locales', language, `${type}.${ending}`));
    }
}

mkdirSync(path('examples'));
for (const file of readdirSync(path('flows'))) {
  JSON.parse(readFileSync(path('flows', file), 'utf8'));
  cpSync(path('flows', file), path('examples', file));
}
