import type { Called } from './faults.ts';

/** What a request calls, read from its first characters: enough to choose a fault by, and cheap for large bodies. */
export function calledBy(path: string, body: string): Called {
  const json2 = /^\/json\/2\/([^/]+)\/([^/]+)$/.exec(path);
  if (json2) return { model: json2[1], method: json2[2] };
  if (path === '/jsonrpc') {
    const args = /"args"\s*:\s*\[\s*"[^"]*"\s*,\s*\d+\s*,\s*"(?:[^"\\]|\\.)*"\s*,\s*"([^"]*)"\s*,\s*"([^"]*)"/.exec(
      body.slice(0, 4000),
    );
    return args
      ? { model: args[1], method: args[2] }
      : { method: /"method"\s*:\s*"(?!call")([^"]*)"/.exec(body.slice(0, 4000))?.[1] };
  }
  const strings = [...body.slice(0, 4000).matchAll(/<string>([^<]*)<\/string>/g)].map((match) => match[1]);
  return path.endsWith('/object')
    ? { model: strings[2], method: strings[3] }
    : { method: /<methodName>([^<]*)</.exec(body)?.[1] };
}
