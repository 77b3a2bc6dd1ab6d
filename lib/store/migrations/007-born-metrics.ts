import { type Kysely, sql } from 'kysely';

/** Births tell the datatypes of metrics too, of those without an alias as well; and when they were, and in which session. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await db.schema
    .createTable('born_metrics')
    .addColumn('queue', 'text', (column) => column.notNull())
    .addColumn('edge', 'text', (column) => column.notNull())
    .addColumn('device', 'text', (column) => column.notNull())
    .addColumn('metric', 'text', (column) => column.notNull())
    .addColumn('alias', 'text', (column) => column.notNull())
    .addColumn('datatype', 'integer')
    .addPrimaryKeyConstraint('born_metrics_key', ['queue', 'edge', 'device', 'metric', 'alias'])
    .execute();
  await sql`
    insert into born_metrics (queue, edge, device, metric, alias, datatype)
    select queue, edge, device, metric, alias, null from births`.execute(db);
  await db.schema.dropTable('births').execute();
  await db.schema.createIndex('born_metrics_by_alias').on('born_metrics').columns(['queue', 'edge', 'device', 'alias']).execute();
  await db.schema
    .createTable('births')
    .addColumn('queue', 'text', (column) => column.notNull())
    .addColumn('edge', 'text', (column) => column.notNull())
    .addColumn('device', 'text', (column) => column.notNull())
    .addColumn('at', 'bigint')
    .addColumn('bd_seq', 'text')
    .addPrimaryKeyConstraint('births_place', ['queue', 'edge', 'device'])
    .execute();
}
