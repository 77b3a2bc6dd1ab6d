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
  });
  const script = outputFiles[0]?.text ?? '';
  // A closing tag within the script would end it.
  return script.replaceAll('</script', '<\\/script');
}

/**
 * What is wrong with a form. Node-RED's loader and the Flow Library read `registerType` as text: the name must stand
 * there as it is, and the definition's defaults without a spread. Every text it names must be in the locale.
 */
export function checkForm(type: string, script: string, template: string, texts: unknown, runtime: string): string[] {
  const faults: string[] = [];
  if (!new RegExp(`RED\\.nodes\\.registerType\\(\\s*["']${type}["']`).test(script))
    faults.push(`there is no registerType('${type}', …)`);
  if (/defaults:\s*\{[^}]*\.\.\./.test(script)) faults.push('its defaults hold a spread');
  if (!template.includes(`data-template-name="${type}"`)) faults.push('editor.html has no template of its name');
  const shown = [...template.matchAll(/data-i18n="([^"]+)"/g)].flatMap(([, keys = '']) =>
    keys.split(';').map((key) => key.replace(/^\[\w+\]/, '')),
  );
  const asked = [...script.matchAll(new RegExp(`["'\`](${type}(?:\\.\\w+)+)["'\`]`, 'g'))].map(([, key = '']) => key);
  const statuses = [...runtime.matchAll(/showStatus\(RED, this, (?:[^,]+), ([^)]+?)(?:, \{|\))/g)].flatMap(([, keys = '']) =>
    [...keys.matchAll(/'(\w+)'/g)].map(([, key]) => `${type}.status.${key}`),
  );
  for (const key of new Set([...shown, ...asked, ...statuses])) {
    if (!key.startsWith(`${type}.`) || key.endsWith('.svg')) continue;
    const text = key
      .split('.')
      .slice(1)
      .reduce<unknown>((level, part) => (level as Record<string, unknown> | undefined)?.[part], texts);
    if (typeof text !== 'string') faults.push(`the locale has no text ${key}`);
    else if (key.includes('.status.') && text.replace(/__\w+__/g, '123').length > 20)
      faults.push(`the status ${key} is over 20 characters`);
  }
  return faults;
}
