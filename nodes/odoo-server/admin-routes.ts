import type { Request, Response } from 'express';
import type { NodeAPI } from 'node-red';
import { z } from 'zod';
import { serverOf } from '../../lib/node/config-nodes.ts';
import { SettingsError } from '../../lib/node/errors.ts';
import { parseSettings } from '../../lib/node/settings.ts';
import type { OdooServerNode } from '../../lib/node/types.ts';
import { type OdooClient, openOdoo } from '../../lib/odoo/client.ts';
import { OdooError } from '../../lib/odoo/errors.ts';
import { count } from '../../lib/odoo/pages.ts';
import { answeringOf } from './answering.ts';
import { type Credentials, connectionOf } from './connection.ts';
import { Settings } from './settings.ts';

const Test = z.looseObject({
  id: z.string().optional(),
  /** Left out, the deployed server is tested as it is. */
  url: z.string().optional(),
  credentials: z.object({ password: z.string().optional(), apiKey: z.string().optional() }).optional(),
});
const Count = z.object({ model: z.string(), domain: z.unknown() });

/** What Node-RED's editor puts in place of a saved secret. */
const UNCHANGED = '__PWRD__';
const MOST_MODELS = 50;

/** What the forms ask: does this server answer, how has it been answering, which models and fields has it, how many records has a domain. */
export function serveServerRoutes(RED: NodeAPI): void {
  const mayRead = RED.auth.needsPermission('planbridge.read');
  const mayTest = RED.auth.needsPermission('planbridge.write');
  const answer = (work: (request: Request) => Promise<unknown>) => (request: Request, response: Response) => {
    work(request).then(
      (value) => response.json(value),
      (error: Error) =>
        response.status(error instanceof OdooError ? 502 : 400).json({ error: wordsOf(error), code: (error as OdooError).code }),
    );
  };

  RED.httpAdmin.post(
    '/planbridge/odoo-server/test',
    mayTest,
    answer(async ({ body }) => {
      const form = Test.parse(body);
      if (form.id && form.url === undefined) return whatAnswers(serverOf(RED, form.id).client());
      const settings = parseSettings(Settings, fromEnvironment(form));
      const client = openOdoo(connectionOf(RED, settings, credentialsOf(RED, form, settings.url)));
      try {
        return await whatAnswers(client);
      } finally {
        await client.close();
      }
    }),
  );

  RED.httpAdmin.get(
    '/planbridge/odoo-server/:id/breaker',
    mayRead,
    answer(async ({ params }) => (await answeringOf(RED, serverOf(RED, String(params.id)))) ?? { state: 'closed', failures: 0 }),
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

function wordsOf(error: Error): string {
  return error instanceof z.ZodError ? `The request is not right: ${z.prettifyError(error)}` : error.message;
}

async function whatAnswers(client: OdooClient) {
  const { models } = await client.profile();
  return { protocol: await client.protocol(), version: await client.version(), models: models.length };
}

/**
 * The secrets of a form: those that were typed, and those that are saved and the editor never saw. A saved one goes to the
 * server that it was saved for and to no other, whatever address stands in the form.
 */
function credentialsOf(RED: NodeAPI, form: z.infer<typeof Test>, url: string): Credentials {
  const saved = (form.id ? RED.nodes.getNode(form.id) : null) as (OdooServerNode & { credentials?: Credentials }) | null;
  const secret = (name: keyof Credentials): string => {
    const typed = form.credentials?.[name] ?? '';
    if (typed !== UNCHANGED) return typed;
    if (!saved || hostOf(saved.url) !== hostOf(url))
      throw new SettingsError('The address is another one than that of the saved password: type the password or key again.');
    return saved.credentials?.[name] ?? '';
  };
  return { password: secret('password'), apiKey: secret('apiKey') };
}

function hostOf(url: string): string {
  return URL.canParse(url) ? new URL(url).host : url;
}

/** A form that is not deployed yet still holds `${NAME}` where Node-RED will put the variable's value. */
function fromEnvironment(form: Record<string, unknown>): Record<string, unknown> {
  const value = (text: unknown) =>
    typeof text === 'string' ? text.replace(/^\$\{([^}]+)\}$/, (_, name: string) => process.env[name] ?? '') : text;
  return Object.fromEntries(Object.entries(form).map(([key, text]) => [key, value(text)]));
}
