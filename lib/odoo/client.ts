import type { ConnectionInput, Protocol } from './connection.ts';
import { ConnectionSettings } from './connection.ts';
import { OdooError } from './errors.ts';
import { type Profile, readProfile } from './profile.ts';
import { checkSendable } from './sendable.ts';
import { joinThrottle } from './throttle.ts';
import { choose } from './transports/choose.ts';
import { openChannel } from './transports/http.ts';
import type { Transport, TransportCall } from './transports/transport.ts';

/** One call of a model's method. `args` are named, whatever the protocol; `readOnly` calls are sent again once when cut. */
export type Call = TransportCall & { readonly readOnly?: boolean };

/** One Odoo. Connects and logs in at the first call, once; every fault is an OdooError. */
export interface OdooClient {
  /** Address and database: names the server in locks, caches and messages. Carries no secret. */
  readonly server: string;
  /** After so long Odoo is no longer at work on a call, whatever became of it. */
  readonly limitMilliseconds: number;
  call(call: Call): Promise<unknown>;
  protocol(): Promise<Protocol>;
  /** The server's version as it names it, such as `19.0`; undefined where it does not tell. */
  version(): Promise<string | undefined>;
  /** Version, models and fields, kept for ten minutes. */
  profile(): Promise<Profile>;
  /** Forgets the profile and the log-in, so that the next call finds what changed. */
  refresh(): void;
  close(): Promise<void>;
}

/** Odoo looks at its limit now and then, not at every moment. */
const LIMIT_MARGIN_SECONDS = 5;

const isUnknown = (error: unknown): error is OdooError => error instanceof OdooError && error.code === 'unknown-outcome';

/** A read, or a log-in, has no outcome: one that is not answered has only found out that Odoo is away. */
function untold(error: unknown): never {
  if (!isUnknown(error)) throw error;
  const { message, exception, status, model, method } = error;
  const details = Object.fromEntries(Object.entries({ exception, status, model, method }).filter(([, value]) => value));
  throw new OdooError('unavailable', message.replace(/; whether .+$/, '.'), { ...details, cause: error });
}

const PROFILE_MILLISECONDS = 600_000;

/** Opens a client; nothing is sent yet. Throws OdooError `validation` for settings that cannot work. */
export function openOdoo(input: ConnectionInput): OdooClient {
  const parsed = ConnectionSettings.safeParse(input);
  if (!parsed.success)
    throw new OdooError('validation', `The settings of the Odoo server are not right: ${parsed.error.issues[0]?.message}`);
  const settings = parsed.data;
  const channel = openChannel(settings);
  const server = `${settings.url.replace(/\/+$/, '')}/${settings.database ?? ''}`;
  const { throttled, leave } = joinThrottle(server, settings);
  let transport: Promise<Transport> | undefined;
  let profile: { value: Promise<Profile>; until: number } | undefined;

  const connect = (): Promise<Transport> => {
    transport ??= throttled(() => choose(channel, settings)).catch((error: unknown) => {
      transport = undefined;
      return untold(error);
    });
    return transport;
  };

  const client: OdooClient = {
    server,
    limitMilliseconds: (settings.limitSeconds + LIMIT_MARGIN_SECONDS) * 1000,
    async call(call) {
      checkSendable(call.args);
      checkSendable(call.context);
      const { call: send } = await connect();
      const context = { ...settings.context, ...call.context };
      const sent = Object.keys(context).length > 0 ? { ...call, context } : call;
      try {
        return await throttled(() => send(sent));
      } catch (error) {
        if (!call.readOnly || !isUnknown(error) || call.signal?.aborted) throw error;
        return throttled(() => send(sent)).catch(untold);
      }
    },
    async protocol() {
      return (await connect()).protocol;
    },
    async version() {
      const { version } = await connect();
      return throttled(version).catch(untold);
    },
    profile() {
      if (!profile || profile.until < Date.now()) {
        const value = readProfile(client);
        const kept = { value, until: Date.now() + PROFILE_MILLISECONDS };
        profile = kept;
        value.catch(() => {
          if (profile === kept) profile = undefined;
        });
      }
      return profile.value;
    },
    refresh() {
      profile = undefined;
      transport = undefined;
    },
    close() {
      leave();
      return channel.close();
    },
  };
  return client;
}
