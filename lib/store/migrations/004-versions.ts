import type { Kysely } from 'kysely';

/** Forecast versions with what they want, how approval saw them, and what their release did in Odoo. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await db.schema
    .createTable('versions')
    .addColumn('id', 'text', (column) => column.primaryKey())
    .addColumn('interface', 'text', (column) => column.notNull())
    .addColumn('number', 'integer', (column) => column.notNull())
    .addColumn('run', 'text', (column) => column.references('runs.id').onDelete('cascade'))
    .addColumn('queue', 'text', (column) => column.notNull())
    .addColumn('purpose', 'text', (column) => column.notNull())
    .addColumn('state', 'text', (column) => column.notNull())
    .addColumn('requester', 'text')
    .addColumn('source', 'text', (column) => column.notNull())
    .addColumn('mappings', 'text', (column) => column.notNull())
    .addColumn('rules', 'text', (column) => column.notNull())
    .addColumn('frozen_until', 'text')
    .addColumn('lines', 'integer', (column) => column.notNull())
    .addColumn('quantity', 'text', (column) => column.notNull())
    .addColumn('baseline', 'text')
    .addColumn('previous', 'text')
    .addColumn('difference', 'text')
    .addColumn('automatic', 'integer', (column) => column.notNull())
    .addColumn('why', 'text', (column) => column.notNull())
    .addColumn('deadline_at', 'bigint')
    .addColumn('escalated', 'integer', (column) => column.notNull())
    .addColumn('releases', 'integer', (column) => column.notNull())
    .addColumn('released_on', 'text')
    .addColumn('created_at', 'bigint', (column) => column.notNull())
    .addColumn('updated_at', 'bigint', (column) => column.notNull())
    .execute();
  await db.schema.createIndex('versions_numbered').unique().on('versions').columns(['interface', 'number']).execute();
  await db.schema.createIndex('versions_of_run').on('versions').columns(['run']).execute();
  await db.schema.createIndex('versions_in_state').on('versions').columns(['state', 'interface', 'purpose']).execute();

  await db.schema
    .createTable('version_items')
    .addColumn('version', 'text', (column) => column.notNull().references('versions.id').onDelete('cascade'))
    .addColumn('product', 'text', (column) => column.notNull())
    .addColumn('location', 'text', (column) => column.notNull())
    .addColumn('category', 'text', (column) => column.notNull())
    .addColumn('lines', 'integer', (column) => column.notNull())
    .addColumn('sent', 'text', (column) => column.notNull())
    .addColumn('hash', 'text', (column) => column.notNull())
    .addColumn('body', 'text', (column) => column.notNull())
    .addPrimaryKeyConstraint('version_items_key', ['version', 'product', 'location'])
    .execute();
  await db.schema.createIndex('version_items_of_product').on('version_items').columns(['product', 'location']).execute();

  await db.schema
    .createTable('version_previews')
    .addColumn('version', 'text', (column) => column.notNull().references('versions.id').onDelete('cascade'))
    .addColumn('part', 'text', (column) => column.notNull())
    .addColumn('body', 'text', (column) => column.notNull())
    .addPrimaryKeyConstraint('version_previews_key', ['version', 'part'])
    .execute();

  await db.schema
    .createTable('released_records')
    .addColumn('version', 'text', (column) => column.notNull().references('versions.id').onDelete('cascade'))
    .addColumn('job', 'text', (column) => column.notNull())
    .addColumn('place', 'integer', (column) => column.notNull())
    .addColumn('model', 'text', (column) => column.notNull())
    .addColumn('record', 'bigint', (column) => column.notNull())
    .addColumn('product', 'text')
    .addColumn('location', 'text')
    .addColumn('outcome', 'text', (column) => column.notNull())
    .addColumn('before', 'text', (column) => column.notNull())
    .addColumn('changed', 'text', (column) => column.notNull())
    .addColumn('undone', 'text')
    .addColumn('at', 'bigint', (column) => column.notNull())
    .addPrimaryKeyConstraint('released_records_key', ['version', 'job', 'place'])
    .execute();
  await db.schema.createIndex('released_records_in_odoo').on('released_records').columns(['model', 'record']).execute();

  await db.schema
    .createTable('released_orders')
    .addColumn('version', 'text', (column) => column.notNull().references('versions.id').onDelete('cascade'))
    .addColumn('model', 'text', (column) => column.notNull())
    .addColumn('record', 'bigint', (column) => column.notNull())
    .addColumn('name', 'text', (column) => column.notNull())
    .addColumn('product', 'text')
    .addColumn('location', 'text')
    .addColumn('snapshot', 'text', (column) => column.notNull())
    .addColumn('undone', 'text')
    .addColumn('at', 'bigint', (column) => column.notNull())
    .addPrimaryKeyConstraint('released_orders_key', ['version', 'model', 'record'])
    .execute();
  await db.schema.createIndex('released_orders_in_odoo').on('released_orders').columns(['model', 'record']).execute();
}
