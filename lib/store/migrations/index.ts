import type { Migration } from 'kysely/migration';
import * as spine from './001-spine.ts';
import * as audit from './002-audit.ts';
import * as turns from './003-turns.ts';
import * as versions from './004-versions.ts';
import * as desk from './005-desk.ts';
import * as births from './006-births.ts';
import * as bornMetrics from './007-born-metrics.ts';
import * as subscriptions from './008-subscriptions.ts';

/** Every migration, by name, in order. One that has been released is never changed. */
export const MIGRATIONS: Readonly<Record<string, Migration>> = {
  '001-spine': spine,
  '002-audit': audit,
  '003-turns': turns,
  '004-versions': versions,
  '005-desk': desk,
  '006-births': births,
  '007-born-metrics': bornMetrics,
  '008-subscriptions': subscriptions,
};
