import { v7 as uuidv7 } from 'uuid';
import { shortKey } from '../../lib/canonical/short-key.ts';
import { WriteJob } from '../../lib/delivery/write-job.ts';
import { placeOf, recordsOf } from '../../lib/node/batch.ts';
import { SettingsError } from '../../lib/node/errors.ts';
import { parseSettings } from '../../lib/node/settings.ts';
import type { FlowMessage } from '../../lib/node/types.ts';
import type { NewJob } from '../../lib/store/insert-jobs.ts';
import { EVENT_PRIORITY } from '../../lib/store/jobs.ts';
import { Settings } from './settings.ts';

/** Settings that a message may give instead of the form. */
const OVERRIDES = ['operation', 'model', 'keys', 'fillEmpty', 'method', 'args', 'doneWhen', 'context', 'dryRun'] as const;

/**
 * The job that a message asks for. What the form leaves blank is taken from `msg.target`, where canonical-map says what
 * its records are; what the message sets itself goes before both.
 */
export function writeJobOf(message: FlowMessage, config: unknown): WriteJob {
  const target = (message.target ?? {}) as Record<string, unknown>;
  const form = Object.fromEntries(
    Object.entries(config as Record<string, unknown>).filter(
      ([, value]) => value !== '' && !(Array.isArray(value) && value.length === 0),
    ),
  );
  const given = Object.fromEntries(OVERRIDES.filter((name) => message[name] !== undefined).map((name) => [name, message[name]]));
  const settings = parseSettings(Settings, { ...target, ...form, ...given });
  const records = recordsOf(message);
  if (!settings.model) throw new SettingsError('No model is set: say which of Odoo’s models is written.');
  if (settings.operation === 'upsert' && settings.keys.length === 0)
    throw new SettingsError('An upsert needs key fields: say by which fields Odoo’s record is found.');
  // Only a mapping knows by what its own model's records are guarded.
  const { guard, unlessZero } = settings.model === target.model ? target : {};
  const { mapping, mappings, rules } = message.sync ?? {};
  return WriteJob.parse({ ...settings, guard, unlessZero, records, mapping, mappings, rules });
}

/** How a batch is sent and what tells of it may change while its work stays the same. */
const ASIDE = ['sync', 'mapping', 'mappings', 'rules', 'batchSize'];

/** A batch as the queue `who` keeps it: known by its run or event and its place in it, so that it is never there twice. */
export function stagedJob(message: FlowMessage, job: WriteJob, who: string, maxAttempts: number): NewJob {
  const { run, index, lease } = placeOf(message);
  const batch = message.sync?.key ?? run;
  return {
    queue: who,
    kind: 'odoo-write',
    key: batch ? shortKey(`${batch}/${index}`) : uuidv7(),
    run: lease && run,
    payload: { ...job, sync: { ...message.sync, lease: undefined } },
    priority: lease?.settledBy ? EVENT_PRIORITY : 0,
    maxAttempts,
    aside: ASIDE,
  };
}
