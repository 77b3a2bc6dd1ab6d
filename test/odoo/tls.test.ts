import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { openOdoo } from '../../lib/odoo/client.ts';
import type { ConnectionInput } from '../../lib/odoo/connection.ts';
import { type Stub, sendJson, startStub } from './stub-server.ts';

const pem = (name: string) => readFileSync(join(import.meta.dirname, 'certificates', name), 'utf8');

describe('a secure connection', () => {
  let stub: Stub;
  const connect = async (tls?: ConnectionInput['tls'], url = stub.url) => {
    const client = openOdoo({ url, apiKey: 'k', protocol: 'json2', ...(tls ? { tls } : {}) });
    try {
      return await client.protocol();
    } finally {
      await client.close();
    }
  };

  before(async () => {
    stub = await startStub((_, response) => sendJson(response, '{"uid": 2}'), {
      key: pem('server.key'),
      cert: pem('server.pem'),
      ca: pem('ca.pem'),
      requestCert: true,
      rejectUnauthorized: true,
    });
  });
  after(() => stub.close());

  it("takes the plant's own authority and a client certificate", async () => {
    assert.equal(await connect({ ca: pem('ca.pem'), cert: pem('client.pem'), key: pem('client.key') }), 'json2');
  });

  it('says that the authority is not known, and that nothing was sent', async () => {
    const sent = stub.requests.length;
    await assert.rejects(connect(), { code: 'unavailable', message: /certificate/ });
    assert.equal(stub.requests.length, sent);
  });

  it('says that a server speaks no TLS', async () => {
    const plain = await startStub(() => undefined);
    await assert.rejects(connect(undefined, plain.url.replace('http:', 'https:')), {
      code: 'unavailable',
      message: /secure connection/,
    });
    await plain.close();
  });
});
