import type { VersionPart } from '../../lib/release/emission.ts';

/** The message that takes a part of a version through the flow: to be written, or, of one that waits for approval, to be tried. */
export function messageOf({ kind, version, key, run, index, count, records, lease }: VersionPart, store: string) {
  const isPreview = kind === 'preview';
  const { id, interface: name, mappings, rules } = version;
  const sync = {
    interface: name,
    version: id,
    key,
    mapping: mappings.at(-1),
    mappings: [...mappings],
    rules: [...rules],
    lease: { ...lease, store, ...(isPreview ? { settledBy: 'takers' as const } : { run }) },
    ...(isPreview ? { preview: id } : { run }),
  };
  return { payload: records, sync, parts: { id: run ?? key, index, ...(count === undefined ? {} : { count }), type: 'array' } };
}
