import type { OdooClient } from './client.ts';
import { OdooError } from './errors.ts';

/** How versions are asked whether a user may do something with a model at all: 18 and later, and before. */
const QUESTIONS = [
  { method: 'has_access', ids: [], named: (operation: string) => ({ operation }) },
  { method: 'check_access_rights', named: (operation: string) => ({ operation, raise_exception: false }) },
] as const;

/** Whether Odoo refused what it was asked, and would again: a field or model that it does not have, or that this user may not touch. */
export function isRefusal(error: unknown): error is OdooError {
  if (!(error instanceof OdooError)) return false;
  if (error.code === 'access') return error.exception?.endsWith('AccessError') ?? false;
  return error.code === 'validation' || error.code === 'redirect' || error.code === 'not-found';
}

/**
 * Tells, for one bulk read or write, whether a refusal would meet every record alike: a model or method that is not there,
 * or a model that this user may not touch at all. Odoo is asked about the user's rights once, at the first refusal of access.
 */
export function concernsAll(
  client: OdooClient,
  model: string,
  operation: 'read' | 'create' | 'write',
): (error: OdooError) => Promise<boolean> {
  let denied: Promise<boolean> | undefined;
  return async (error) => {
    if (error.code === 'not-found') return !error.exception?.endsWith('MissingError');
    if (error.code !== 'access') return false;
    denied ??= deniedOutright(client, model, operation);
    return denied;
  };
}

async function deniedOutright(client: OdooClient, model: string, operation: string): Promise<boolean> {
  for (const { named, ...question } of QUESTIONS) {
    try {
      return (await client.call({ ...question, model, args: named(operation), readOnly: true })) === false;
    } catch (error) {
      if (!(error instanceof OdooError && error.code === 'not-found')) throw error;
    }
  }
  return false;
}
