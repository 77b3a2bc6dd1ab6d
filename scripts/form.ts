import { build } from 'esbuild';

/** The editor half of a node as one script: what it shares with other forms is bundled in. */
export async function bundleForm(entry: string): Promise<string> {
  const { outputFiles } = await build({
    entryPoints: [entry],
    bundle: true,
    write: false,
    format: 'iife',
    target: 'es2020',
    charset: 'utf8',
    logLevel: 'silent',
    loader: { '.css': 'text' },
  });
  const script = outputFiles[0]?.text ?? '';
  // A closing tag within the script would end it.
  return script.replaceAll('</script', '<\\/script');
}

/** A tree of texts, as a locale file holds them. */
export type Texts = { readonly [key: string]: string | Texts };

/** The parts of a node that people see, as text. */
export type Form = {
  readonly type: string;
  /** The bundled `editor.ts`. */
  readonly script: string;
  /** `editor.html`. */
  readonly template: string;
  /** The catalogue that the node is served with. */
  readonly texts: Texts;
  readonly help: string;
  /** The node's shell, which names its status texts. */
  readonly runtime: string;
};

const LONGEST_STATUS = 20;

/**
 * What is wrong with a form, in words. Node-RED's loader and the Flow Library read `registerType` as text: the name must
 * stand there as it is, and nothing in the definition may be spread. Every text that is named must be in the locale.
 */
export function faultsOf({ type, script, template, texts, help, runtime }: Form): string[] {
  const faults: string[] = [];
  const registered = new RegExp(`RED\\.nodes\\.registerType\\(\\s*["']${type}["']\\s*,\\s*\\{`).exec(script);
  if (!registered) faults.push(`there is no registerType('${type}', {…})`);
  else if (script.slice(registered.index).includes('...')) faults.push('its definition holds a spread');
  if (!template.includes(`data-template-name="${type}"`)) faults.push('editor.html has no template of its name');
  if (!help.includes(`data-help-name="${type}"`)) faults.push('its help is not under its name');
  for (const key of new Set([...keysOfTemplate(template), ...keysOfScript(script, Object.keys(texts))]))
    if (typeof textAt(texts, key) !== 'string') faults.push(`the locale has no text ${key}`);
  for (const key of statusesOf(runtime).map((name) => `${type}.status.${name}`)) {
    const text = textAt(texts, key);
    if (typeof text !== 'string') faults.push(`the locale has no text ${key}`);
    else if (text.replace(/__\w+__/g, '123').length > LONGEST_STATUS)
      faults.push(`the status ${key} is over ${LONGEST_STATUS} characters`);
  }
  return faults;
}

/** `data-i18n="a.b"`, or `[placeholder]a.b;[title]a.c`. */
function keysOfTemplate(template: string): string[] {
  return [...template.matchAll(/data-i18n="([^"]+)"/g)].flatMap(([, keys = '']) =>
    keys.split(';').map((key) => key.replace(/^\[\w+\]/, '')),
  );
}

/** Literals that begin with a name at the catalogue's top, other than files. */
function keysOfScript(script: string, tops: readonly string[]): string[] {
  return [...script.matchAll(/(["'`])([\w-]+)((?:\.[\w-]+)+)\1/g)]
    .filter(([, , top = '', rest]) => tops.includes(top) && rest !== '.svg')
    .map(([, , top = '', rest = '']) => top + rest);
}

/** The texts that `showStatus(RED, this, look, key)` names, where the key stands there as it is. */
function statusesOf(runtime: string): string[] {
  return [...runtime.matchAll(/showStatus\(RED, this, [^,]+, ([^)]+?)(?:, \{|\))/g)].flatMap(([, keys = '']) =>
    [...keys.matchAll(/'(\w*[a-z]\w*)'/g)].map(([, key = '']) => key),
  );
}

function textAt(texts: Texts, key: string): unknown {
  return key.split('.').reduce<unknown>((level, part) => (level as Texts | undefined)?.[part], texts);
}
