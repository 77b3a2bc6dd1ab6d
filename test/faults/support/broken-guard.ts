/** Loaded into a test process: takes one guard out of the code under test, as FAULTS_BREAK says. */
import { registerHooks } from 'node:module';
import { z } from 'zod';

const Break = z.object({ file: z.string(), find: z.string(), replace: z.string() });
const { file, find, replace } = Break.parse(JSON.parse(process.env.FAULTS_BREAK ?? 'null'));

registerHooks({
  load(url, context, nextLoad) {
    const loaded = nextLoad(url, context);
    if (!url.endsWith(`/${file}`)) return loaded;
    const source = Buffer.from(loaded.source as Uint8Array).toString();
    if (!source.includes(find)) throw new Error(`There is no guard "${find}" in ${file} to break.`);
    return { ...loaded, source: source.replace(find, replace) };
  },
});
