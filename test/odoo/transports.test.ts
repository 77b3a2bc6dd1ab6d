import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';
import { type Call, type OdooClient, openOdoo } from '../../lib/odoo/client.ts';
import { type ConnectionInput, PROTOCOLS, type Protocol } from '../../lib/odoo/connection.ts';
import { searchAll } from '../../lib/odoo/pages.ts';
import { afterLogIn, type Reply, type Stub, sendFault, sendJson, sendXml, startStub } from './stub-server.ts';

const READ: Call = { model: 'res.partner', method: 'search_read', args: { domain: [] }, readOnly: true };
const WRITE: Call = { model: 'res.partner', method: 'write', ids: [1], args: { vals: { name: 'X' } } };

/** Answers that give the same in each protocol. */
const ANSWERS: Readonly<Record<Protocol, { hostile: Reply; nothing: Reply }>> = {
  json2: {
    hostile: (_, response) =>
      sendJson(response, '[{"id": 1, "__proto__": {"polluted": true}, "name": {"__proto__": {"polluted": true}}}]'),
    nothing: (_, response) => sendJson(response, 'null'),
  },
  jsonrpc: {
    hostile: (_, response) =>
      sendJson(
        response,
        '{"jsonrpc": "2.0", "id": 1, "result": [{"id": 1, "__proto__": {"polluted": true}, "name": {"__proto__": {"polluted": true}}}]}',
      ),
    nothing: (_, response) => sendJson(response, '{"jsonrpc": "2.0", "id": 1}'),
  },
  xmlrpc: {
    hostile: (_, response) => {
      const member = (name: string, value: string) => `<member><name>${name}</name><value>${value}</value></member>`;
      const bad = member('__proto__', `<struct>${member('polluted', '<boolean>1</boolean>')}</struct>`);
      sendXml(
        response,
        `<array><data><value><struct>${member('id', '<int>1</int>')}${bad}${member('name', `<struct>${bad}</struct>`)}</struct></value></data></array>`,
      );
    },
    nothing: (_, response) => sendFault(response, 1, 'TypeError: cannot marshal None unless allow_none is enabled'),
  },
};

for (const protocol of PROTOCOLS) {
  describe(`the ${protocol} transport`, () => {
    let stub: Stub;
    let client: OdooClient;
    const open = (reply: Reply, change: Partial<ConnectionInput> = {}) => {
      stub.reply = afterLogIn(reply);
      client = openOdoo({ url: stub.url, database: 'd', login: 'l', apiKey: 'secret', protocol, ...change });
    };
    const fails = (call: Call, code: string, words: RegExp) =>
      assert.rejects(client.call(call), (error: Error & { code: string }) => {
        assert.equal(error.code, code, error.message);
        assert.match(error.message, words);
        return true;
      });
    const asked = () => stub.requests.filter(({ path, body }) => /res\.partner/.test(path + body)).length;

    beforeEach(async () => {
      stub = await startStub(() => undefined);
    });
    afterEach(async () => {
      await stub.close();
      await client.close();
    });

    it('lets no member of an answer set a prototype', async () => {
      open(ANSWERS[protocol].hostile);
      const [raw] = (await client.call(READ)) as Record<string, unknown>[];
      const [record] = await searchAll(client, { model: 'res.partner' });
      for (const object of [raw, raw?.name, record, record?.name, { ...record }]) {
        assert.equal(Object.getPrototypeOf(object), Object.prototype);
        assert.equal((object as Record<string, unknown>).polluted, undefined);
      }
    });

    it('takes an answer of nothing', async () => {
      open(ANSWERS[protocol].nothing);
      assert.equal(await client.call(WRITE), null);
    });

    it('calls a page instead of an answer a fault of protocol', async () => {
      open((_, response) => response.writeHead(200, { 'content-type': 'text/html' }).end('<html>Welcome</html>'));
      await fails(WRITE, 'protocol', /not Odoo's .*text\/html/);
    });

    it('calls an answer that breaks off a fault of protocol', async () => {
      const type = protocol === 'xmlrpc' ? 'text/xml' : 'application/json';
      open((_, response) =>
        response.writeHead(200, { 'content-type': type }).end(protocol === 'xmlrpc' ? '<methodResponse><params>' : '{"resu'),
      );
      await fails(READ, 'protocol', /not JSON|not XML-RPC/);
    });

    it('knows what is not available from what may have been done', async () => {
      for (const [status, code] of [
        [503, 'unavailable'],
        [429, 'unavailable'],
        [502, 'unknown-outcome'],
        [504, 'unknown-outcome'],
      ] as const) {
        open((_, response) => response.writeHead(status, { 'content-type': 'text/html' }).end('<html>'));
        await fails(WRITE, code, new RegExp(String(status)));
        await client.close();
      }
    });

    it('sends a read that was cut once more, a write never, and knows that nothing was done then', async () => {
      open((_, response) => response.socket?.destroy());
      await fails(WRITE, 'unknown-outcome', /cut the connection/);
      assert.equal(asked(), 1);
      await fails(READ, 'unavailable', /cut the connection before it answered \([^;]*\)\.$/);
      assert.equal(asked(), 3);
    });

    it('gives up when no answer comes in time', async () => {
      open(() => undefined);
      await fails({ ...WRITE, timeoutSeconds: 0.2 }, 'unknown-outcome', /within 0\.2 seconds/);
    });

    it('sends nothing that was called off before, and does not wait for what is called off', async () => {
      open(() => undefined);
      await fails({ ...WRITE, signal: AbortSignal.abort() }, 'unavailable', /called off/);
      assert.equal(asked(), 0);
      await fails({ ...WRITE, signal: AbortSignal.timeout(100) }, 'unknown-outcome', /not known/);
    });

    it('refuses an answer over the limit while it comes in', async () => {
      let sent = 0;
      open(
        (_, response) => {
          response.writeHead(200, { 'content-type': protocol === 'xmlrpc' ? 'text/xml' : 'application/json' });
          const chunk = Buffer.alloc(64 * 1024, ' ');
          const more = () => {
            for (sent += chunk.length; response.write(chunk) && !response.destroyed; sent += chunk.length);
            if (!response.destroyed) response.once('drain', more);
          };
          more();
        },
        { maxAnswerMegabytes: 1 },
      );
      await fails(WRITE, 'protocol', /over 1 MB/);
      const soon = sent;
      await sleep(50);
      assert.equal(sent, soon);
    });

    it('logs in once and keeps its connection', async () => {
      open(ANSWERS[protocol].hostile);
      for (let round = 0; round < 20; round++) await client.call(READ);
      assert.ok(stub.connections <= 4, `${stub.connections} connections`);
      assert.ok(stub.requests.length <= 20 + 2, `${stub.requests.length} requests`);
    });

    it('keeps secrets out of errors and out of what is printed of the client', async () => {
      open((_, response) => response.socket?.destroy());
      const error = await client.call(WRITE).catch((thrown: unknown) => thrown);
      const { inspect } = await import('node:util');
      assert.doesNotMatch(inspect([error, client], { depth: 10, showHidden: true }), /secret/);
    });

    it('refuses what is sent after it was closed', async () => {
      open(ANSWERS[protocol].hostile);
      await client.call(READ);
      await client.close();
      await fails(WRITE, 'unavailable', /closed/);
    });
  });
}

describe("the transports' own words", () => {
  it('tell a lost lock from a refusal', async () => {
    const fault = { name: 'odoo.exceptions.LockError', message: 'Could not lock', arguments: [], context: {}, debug: '' };
    const locked = {
      jsonrpc: '2.0',
      id: 1,
      error: {
        message: 'Odoo Server Error',
        data: { name: 'psycopg2.errors.SerializationFailure', message: 'could not serialize access' },
      },
    };
    const stub = await startStub(
      afterLogIn(({ path }, response) => {
        if (path.startsWith('/json/2')) sendJson(response, JSON.stringify(fault), 409);
        else if (path === '/jsonrpc') sendJson(response, JSON.stringify(locked));
        else
          sendFault(
            response,
            1,
            'Traceback (most recent call last):\n  File "x"\npsycopg2.errors.DeadlockDetected: deadlock detected\n',
          );
      }),
    );
    for (const protocol of PROTOCOLS) {
      const client = openOdoo({ url: stub.url, database: 'd', login: 'l', apiKey: 'k', protocol });
      await assert.rejects(client.call(WRITE), { code: 'locked', message: /lock|serialize/ }, protocol);
      await client.close();
    }
    await stub.close();
  });

  it('say where a redirect leads', async () => {
    const stub = await startStub((_, response) => response.writeHead(301, { location: 'https://odoo.example.com/' }).end());
    const client = openOdoo({ url: stub.url, database: 'd', login: 'l', password: 'p' });
    await assert.rejects(client.protocol(), { code: 'protocol', message: /https:\/\/odoo\.example\.com\// });
    await client.close();
    await stub.close();
  });

  it('say that a server is not an Odoo, that there is no such host, and that nothing listens', async () => {
    const stub = await startStub((_, response) => response.writeHead(200, { 'content-type': 'text/html' }).end('<html>'));
    const free = await startStub(() => undefined);
    await free.close();
    for (const [url, code, words] of [
      [stub.url, 'protocol', /not Odoo's/],
      ['http://no-such-host.invalid', 'unavailable', /no such host|could not be looked up/],
      [free.url, 'unavailable', /nothing listens/],
    ] as const) {
      const client = openOdoo({ url, database: 'd', login: 'l', password: 'p' });
      await assert.rejects(client.protocol(), { code, message: words });
      await client.close();
    }
    await stub.close();
  });

  it('refuse settings that cannot work', () => {
    assert.throws(() => openOdoo({ url: 'odoo.example.com' }), { code: 'validation', message: /http:\/\/ or https:\/\// });
    assert.throws(() => openOdoo({ url: 'http://x', maxConcurrent: 0 }), { code: 'validation' });
  });
});
