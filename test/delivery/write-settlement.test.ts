import assert from 'node:assert/strict';
import { WriteJob } from '../../lib/delivery/write-job.ts';
import { counted, settleWrite } from '../../lib/delivery/write-settlement.ts';
import { OdooError } from '../../lib/odoo/errors.ts';
import type { WriteOutcome } from '../../lib/odoo/write-outcome.ts';

const job = (records: Record<string, unknown>[], more: Partial<WriteJob> = {}) =>
  WriteJob.parse({ operation: 'upsert', model: 'stock.warehouse.orderpoint', keys: ['product_id'], records, ...more });
const rule = (product: number, lines: number, quantity: string) => ({ product_id: product, $source: { lines, quantity } });
const BOUNDS = { run: 'run-1', who: 'odoo-write:1' };
const no = (message: string) => new OdooError('validation', message);

describe('settling a write job', () => {
  const records = [rule(1, 3, '0.1'), rule(2, 2, '0.2'), rule(3, 1, '7'), rule(4, 4, '1000000000000.5')];
  const outcomes: WriteOutcome[] = [
    { index: 0, outcome: 'created', id: 11, changed: { product_id: 1 } },
    { index: 1, outcome: 'updated', id: 12, before: { product_max_qty: 1 }, changed: { product_max_qty: 2 } },
    { index: 2, outcome: 'unchanged', id: 13 },
    { index: 3, outcome: 'refused', error: no('The product "Bike" has no route.') },
  ];

  it('counts the lines behind the records, and their quantity exactly', () => {
    const { totals, result } = settleWrite(job(records), outcomes, BOUNDS);
    assert.deepEqual(totals, {
      applied: { lines: 5, quantity: '0.3', records: 2 },
      unchanged: { lines: 1, quantity: '7', records: 1 },
      refused: { lines: 4, quantity: '1000000000000.5', records: 1 },
      created: { lines: 0, quantity: '0', records: 1 },
      updated: { lines: 0, quantity: '0', records: 1 },
    });
    assert.deepEqual(result, { created: 1, updated: 1, unchanged: 1, refused: 1, unwritten: [3] });
  });

  it('accounts for every line of the job once', () => {
    const { totals } = settleWrite(job(records), outcomes, BOUNDS);
    const lines = (['applied', 'unchanged', 'refused'] as const).reduce((sum, stage) => sum + (totals?.[stage]?.lines ?? 0), 0);
    assert.equal(lines, counted(records).lines);
  });

  it('counts a record that was not summed from lines as one', () => {
    assert.deepEqual(counted([{ name: 'A' }, { name: 'B' }]), { lines: 2, quantity: '0', records: 2 });
  });

  it('makes a refused record a dead letter of its own, whole, in Odoo’s words', () => {
    const { dead, refusals } = settleWrite(job(records), outcomes, BOUNDS);
    assert.deepEqual(
      dead?.map(({ record, error }) => [record, error]),
      [[records[3], 'The product "Bike" has no route.']],
    );
    assert.deepEqual(
      refusals.map(({ reason, stage, record, quantity }) => ({ reason, stage, record, quantity })),
      [{ reason: 'ODOO_REFUSED', stage: 'delivery', record: { product_id: 4 }, quantity: '1000000000000.5' }],
    );
  });

  it('puts refusals together that differ only in the record', () => {
    const both = ['The product "Bike" has no route.', 'The product "Tyre" has no route.'].map(
      (message, index): WriteOutcome => ({ index, outcome: 'refused', error: no(message) }),
    );
    const { dead } = settleWrite(job(records.slice(0, 2)), both, BOUNDS);
    assert.equal(new Set(dead?.map(({ fingerprint }) => fingerprint)).size, 1);
  });

  it('says of a lost answer that it could not be delivered, not that Odoo refused it', () => {
    const error = new OdooError('unknown-outcome', 'No answer came.');
    const { refusals } = settleWrite(job([{ name: 'A', $line: 7 }]), [{ index: 0, outcome: 'refused', error }], BOUNDS);
    assert.deepEqual(
      refusals.map(({ reason, line }) => [reason, line]),
      [['DELIVERY_FAILED', 7]],
    );
  });

  it('tells the replay of a dead letter that the record was written, so that it only follows up', () => {
    const written: WriteOutcome = { index: 0, id: 11, outcome: 'refused', changed: { product_id: 1 }, error: no('No vendor.') };
    const { dead } = settleWrite(job(records.slice(0, 1), { followUp: 'action_replenish' }), [written], BOUNDS);
    assert.deepEqual(dead?.[0]?.progress, {
      planned: [{ index: 0, outcome: 'updated', changed: { product_id: 1 }, before: undefined }],
    });
  });

  it('audits old and new values of everything that was written, in entries of bearable size', () => {
    const many = Array.from({ length: 1_201 }, (_, at) => rule(at, 1, '1'));
    const { audit = [] } = settleWrite(
      job(many, { mapping: 'odoo-reordering-rules@1', mappings: ['csv@1', 'odoo-reordering-rules@1'], rules: ['MALFORMED'] }),
      many.map((_, index) => ({ index, outcome: 'updated', id: index, before: { a: 1 }, changed: { a: 2 } })),
      BOUNDS,
    );
    const told = audit.flatMap(({ detail }) => (detail as { outcomes: unknown[] }).outcomes);
    assert.equal(told.length, 1_201);
    assert.deepEqual(JSON.parse(JSON.stringify(told[0])), { id: 0, outcome: 'updated', before: { a: 1 }, changed: { a: 2 } });
    assert.ok(audit.length >= 3);
    for (const { detail } of audit) {
      const { mappings, rules } = detail as { mappings: string[]; rules: string[] };
      assert.deepEqual([mappings, rules], [['csv@1', 'odoo-reordering-rules@1'], ['MALFORMED']]);
    }
    assert.deepEqual(
      new Set(audit.map(({ run, who, what, subject, mapping }) => [run, who, what, subject, mapping].join(' '))),
      new Set(['run-1 odoo-write:1 odoo.written stock.warehouse.orderpoint odoo-reordering-rules@1']),
    );
  });

  it('audits nothing where nothing was written', () => {
    const unchanged = settleWrite(job(records.slice(2, 3)), [{ index: 0, outcome: 'unchanged', id: 13 }], BOUNDS);
    assert.deepEqual(unchanged.audit, []);
    assert.deepEqual(settleWrite(job(records, { dryRun: true }), outcomes, BOUNDS).audit, []);
  });
});
