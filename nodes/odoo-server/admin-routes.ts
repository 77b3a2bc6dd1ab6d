import type { Request, Response } from 'express';
import type { NodeAPI } from 'node-red';
import { z } from 'zod';
import { serverOf } from '../../lib/node/config-nodes.ts';
import { parseSettings } from '../../lib/node/settings.ts';
import { openOdoo } from '../../lib/odoo/client.ts';
import { OdooError } from '../../lib/odoo/errors.ts';
import { count } from '../../lib/odoo/pages.ts';
import { type Credentials, connectionOf } from './connection.ts';
import { Settings } from './settings.ts';

const Test = z.looseObject({
  id: z.string().optional(),
  credentials: z.object({ password: z.string().optional(), apiKey: z.string().optional() }).optional(),
});
const Count = z.object({ model: z.string(), domain: z.unknown() });

/** What Node-RED's editor puts in place of a saved secret. */
const UNCHANGED = '__PWRD__';
const MOST_MODELS = 50;

/** What the forms ask: does this server answer, which models and fields has it, how many records has a domain. */
export function serveServerRoutes(RED: NodeAPI): void {
  const mayRead = RED.auth.needsPermission('planbridge.read');
  const mayTest = RED.auth.needsPermission('planbridge.write');
  const answer = (work: (request: Request) => Promise<unknown>) => (request: Request, response: Response) => {
    work(request).then(
      (value) => response.json(value),
      (error: Error) =>
        response.status(error instanceof OdooError ? 502 : 400).json({ error: error.message, code: (error as OdooError).code }),
    );
  };

  RED.httpAdmin.post(
    '/planbridge/odoo-server/test',
    mayTest,
    answer(async ({ body }) => {
      const form = Test.parse(body);
      const saved = (form.id ? RED.nodes.getNode(form.id) : null) as { credentials?: Credentials } | null;
      const typed = (name: keyof Credentials) => {
        const value = form.credentials?.[name];
        return (value === UNCHANGED ? saved?.credentials?.[name] : value) ?? '';
      };
      const client = openOdoo(
        connectionOf(RED, parseSettings(Settings, fromEnvironment(form)), {
          password: typed('password'),
          apiKey: typed('apiKey'),
        }),
      );
      try {
        const { models } = await client.profile();
        return { protocol: await client.protocol(), models: models.length };
      } finally {
        await client.close();
      }
    }),
  );

  RED.httpAdmin.get(
    '/planbridge/odoo-server/:id/models',
    mayRead,
    answer(async ({ params, query }) => {
      const search = String(query.search ?? '').toLowerCase();
      const { models } = await serverOf(RED, String(params.id)).client().profile();
      return models
        .filter(({ model, name }) => model.includes(search) || name.toLowerCase().includes(search))
        .slice(0, MOST_MODELS);
    }),
  );

  RED.httpAdmin.get(
    '/planbridge/odoo-server/:id/models/:model/fields',
    mayRead,
    answer(async ({ params }) => {
      const profile = await serverOf(RED, String(params.id)).client().profile();
      const fields = await profile.fields(String(params.model));
      return Object.entries(fields).map(([name, { type, string, relation, required }]) => ({
        name,
        type,
        label: string,
        relation,
        required,
      }));
    }),
  );

  RED.httpAdmin.post(
    '/planbridge/odoo-server/:id/count',
    mayRead,
    answer(async ({ params, body }) => {
      const { model, domain } = Count.parse(body);
      return { count: await count(serverOf(RED, String(params.id)).client(), { model, domain: domain as string }) };
    }),
  );
}

/** A form that is not deployed yet still holds `${NAME}` where Node-RED will put the variable's value. */
function fromEnvironment(form: Record<string, unknown>): Record<string, unknown> {
  const value = (text: unknown) =>
    typeof text === 'string' ? text.replace(/^\$\{([^}]+)\}$/, (_, name: string) => process.env[name] ?? '') : text;
  return Object.fromEntries(Object.entries(form).map(([key, text]) => [key, value(text)]));
}
