import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { entryHash } from '../../lib/store/audit.ts';
import { openStore } from '../../lib/store/open.ts';
import { redact, redactText } from '../../lib/store/redact.ts';
import type { AuditTable } from '../../lib/store/schema.ts';

describe('the audit', () => {
  let folder: string;
  let entries: AuditTable[];
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'planbridge-audit-'));
    const url = join(folder, 'store.sqlite');
    const store = await openStore({ url });
    const detail = { old: { min: 1 }, new: { min: 2 }, apiKey: 'abc' };
    await Promise.all(
      Array.from({ length: 20 }, (_, at) =>
        store.audit.append({ who: `user:${at}`, what: 'odoo.written', subject: 'https://me:word@odoo.example/x', detail }),
      ),
    );
    await store.close();
    const file = new Database(url, { readonly: true });
    entries = file.prepare('select * from audit order by seq').all() as AuditTable[];
    file.close();
  });
  after(() => rm(folder, { recursive: true }));

  it('numbers its entries without a gap, each with the hash of the one before', () => {
    assert.equal(entries.length, 20);
    entries.forEach((entry, at) => {
      assert.equal(entry.seq, at + 1);
      assert.equal(entry.previous_hash, at === 0 ? '0'.repeat(64) : entries[at - 1]?.hash);
      const { hash, ...rest } = entry;
      assert.equal(hash, entryHash(rest));
    });
  });

  it('has another hash for an entry in which anything was changed', () => {
    const [{ hash, ...entry } = {} as AuditTable] = entries;
    for (const changed of [{ who: 'x' }, { at: 1 }, { detail: '{}' }, { run: 'r' }, { previous_hash: 'f'.repeat(64) }])
      assert.notEqual(entryHash({ ...entry, ...changed }), hash);
  });

  it('holds no secret', () => {
    for (const { subject, detail } of entries) {
      assert.equal(subject, 'https://me:•••@odoo.example/x');
      assert.deepEqual(JSON.parse(detail), { apiKey: '•••', new: { min: 2 }, old: { min: 1 } });
    }
  });
});

describe('redaction', () => {
  it('takes secrets out of fields, addresses and headers, and leaves the rest', () => {
    const entry = {
      'X-Api-Key': 'k',
      nested: [{ Password: 'p', url: 'postgres://u:se@cret@host/db', other: 'see http://h/x?api_key=abc&page=2' }],
      header: 'Authorization was Bearer abcdefghijkl',
      basic: 'It sent Basic dXNlcjpwYXNz; basic materials were asked for',
      words: 'Wrong password: hunter2 (token=abc, "pass": 3)',
      json: '{"login":"me","password":"a \\"b\\" c","n":1}',
      nested_json: JSON.stringify({ body: '{"api_key":"x y","n":1}' }),
      python: "{'password': 'x y', 'n': 1}",
      authorization: 'x',
      access_token: 'x',
      passes: 3,
      product: 'PASSAT',
      at: new Date(0),
      mail: 'mailto: a@b.example',
      sentence: 'The password of the user is missing. Unexpected token } in JSON',
    };
    assert.deepEqual(redact(entry), {
      'X-Api-Key': '•••',
      nested: [{ Password: '•••', url: 'postgres://u:•••@host/db', other: 'see http://h/x?api_key=•••&page=2' }],
      header: 'Authorization was Bearer •••',
      basic: 'It sent Basic •••; basic materials were asked for',
      words: 'Wrong password: ••• (token=••• "pass": •••',
      json: '{"login":"me","password":"•••","n":1}',
      nested_json: JSON.stringify({ body: '{"api_key":"•••","n":1}' }),
      python: "{'password': '•••', 'n': 1}",
      authorization: '•••',
      access_token: '•••',
      passes: 3,
      product: 'PASSAT',
      at: '1970-01-01T00:00:00.000Z',
      mail: 'mailto: a@b.example',
      sentence: 'The password of the user is missing. Unexpected token } in JSON',
    });
  });

  it('changes nothing of what it has been through before', () => {
    const once = redactText(
      '{"password":"x"} password=x token: "y" Authorization: Basic dXNlcjpwYXNz http://h/?api_key=x&page=2',
    );
    assert.equal(redactText(once), once);
  });
});
