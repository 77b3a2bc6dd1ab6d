/** Builds the package: `tsc` for the runtime, one `.html` a node, icons, locales and examples where Node-RED looks for them. */
import { execFileSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import manifest from '../package.json' with { type: 'json' };
import { bundleForm, faultsOf, type Texts } from './form.ts';

const ROOT = join(import.meta.dirname, '..');
const path = (...parts: string[]) => join(ROOT, ...parts);
const fail = (what: string): never => {
  console.error(`build: ${what}`);
  process.exit(1);
};
const textOf = (file: string): string => (existsSync(path(file)) ? readFileSync(path(file), 'utf8') : fail(`${file} is missing`));
const jsonOf = <T>(file: string): T => {
  try {
    return JSON.parse(textOf(file)) as T;
  } catch (error) {
    return fail(`${file}: ${(error as Error).message}`);
  }
};

const types = Object.keys(manifest['node-red'].nodes);
const folders = readdirSync(path('nodes'), { withFileTypes: true })
  .filter((entry) => entry.isDirectory() && entry.name !== 'editor')
  .map(({ name }) => name);
for (const name of folders) if (!types.includes(name)) fail(`nodes/${name} is not among package.json's node-red.nodes`);
for (const name of types)
  if (!folders.includes(name)) fail(`package.json's node-red.nodes names ${name}, and nodes/${name} is missing`);

for (const folder of ['dist', 'examples']) rmSync(path(folder), { recursive: true, force: true });
try {
  execFileSync(path('node_modules', '.bin', 'tsc'), ['-p', path('tsconfig.build.json')], { stdio: 'inherit' });
} catch {
  fail('the runtime does not compile');
}

const languages = readdirSync(path('locales'));
const faults: string[] = [];
for (const type of types) {
  const target = path('dist', 'nodes', type);
  if (!existsSync(join(target, `${type}.js`))) fail(`nodes/${type}/${type}.ts is missing`);
  const template = textOf(`nodes/${type}/editor.html`);
  textOf(`nodes/${type}/editor.ts`);
  const script = await bundleForm(path('nodes', type, 'editor.ts')).catch((error: Error) => fail(error.message));
  const runtime = textOf(`nodes/${type}/${type}.ts`);
  writeFileSync(join(target, `${type}.html`), `<script type="text/javascript">\n${script}</script>\n${template}`);

  mkdirSync(join(target, 'icons'));
  writeFileSync(join(target, 'icons', `${type}.svg`), textOf(`icons/${type}.svg`));
  for (const language of languages) {
    const served = join(target, 'locales', language);
    mkdirSync(served, { recursive: true });
    const texts: Texts = {
      ...jsonOf<Texts>(`locales/${language}/${type}.json`),
      ...jsonOf<Texts>(`locales/${language}/editor.json`),
      ...jsonOf<Texts>(`locales/${language}/failure.json`),
    };
    const help = textOf(`locales/${language}/${type}.html`);
    writeFileSync(join(served, `${type}.json`), JSON.stringify(texts, undefined, 2));
    writeFileSync(join(served, `${type}.html`), help);
    for (const fault of faultsOf({ type, script, template, texts, help, runtime }))
      faults.push(`the form of ${type} (${language}): ${fault}`);
  }
}
if (faults.length > 0) fail(faults.join('\nbuild: '));

mkdirSync(path('examples'));
for (const file of readdirSync(path('flows'))) {
  jsonOf(`flows/${file}`);
  cpSync(path('flows', file), path('examples', file));
}
