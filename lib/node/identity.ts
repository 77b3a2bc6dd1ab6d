import { createHash, timingSafeEqual } from 'node:crypto';
import { IncomingMessage } from 'node:http';
import { SettingsError } from './errors.ts';

/** Who sent a request, as it was authenticated. */
export type Identity = {
  /** A person's or a system's name, as runs and the audit carry it. */
  readonly name: string;
  /** Whether this one may decide on forecasts: the permission `planbridge.approve`. */
  readonly approves: boolean;
};

/** The name of everybody where nobody can be told apart. */
export const ANONYMOUS = 'anonymous';

/** A request cannot be let through: 401 where it says nobody, or nobody who is known; 403 where that one may not. */
export class NotAllowed extends Error {
  readonly statusCode: 401 | 403;
  override readonly name = 'NotAllowed';

  constructor(statusCode: NotAllowed['statusCode'], message: string) {
    super(message);
    this.statusCode = statusCode;
  }
}

/** What a request is answered that is not let through, or cannot be told who sent it for wrong tokens; undefined for other errors. */
export function answerNotAllowed(error: unknown) {
  const statusCode = error instanceof NotAllowed ? error.statusCode : error instanceof SettingsError ? 500 : undefined;
  if (statusCode === undefined) return undefined;
  const headers = { 'content-type': 'application/json', ...(statusCode === 401 ? { 'www-authenticate': 'Bearer' } : {}) };
  return { statusCode, headers, payload: { error: (error as Error).message } };
}

type Token = Identity & { readonly hash: Buffer };

/** The parts of a request that tell who sent it. */
type Sent = {
  readonly headers?: Readonly<Record<string, string | string[] | undefined>> | undefined;
  readonly user?: { readonly username?: unknown } | undefined;
};

export type Ways = {
  /** `name:token` or `name[approve]:token`, with commas or on lines of their own. */
  readonly tokens: string;
  /** Node-RED's own setting `httpNodeAuth`: the one user whose password it checks, or middleware that lets people in. */
  readonly httpNodeAuth: unknown;
  /** Whether this is a development environment: what nobody signs may be tried there. */
  readonly development: boolean;
};

const TOKEN = /^([^:[\]\s]+)(\[approve\])?:(\S{16,})$/;
const hashOf = (text: string) => createHash('sha256').update(text).digest();

/** The tokens that are written so. Throws SettingsError, which never shows one. */
function tokensOf(text: string): Token[] {
  const known: Token[] = [];
  for (const one of text.split(/[\s,]+/).filter(Boolean)) {
    const [, name = '', approve, token = ''] = TOKEN.exec(one) ?? [];
    if (!name)
      throw new SettingsError(
        'The tokens are not right. Write name:token or name[approve]:token, with commas between; a token has 16 characters or more.',
      );
    const hash = hashOf(token);
    if (name === ANONYMOUS || known.some((other) => other.name === name || other.hash.equals(hash)))
      throw new SettingsError(`The tokens are not right: ${name} cannot be told apart. Give each name one token of its own.`);
    known.push({ name, approves: approve !== undefined, hash });
  }
  return known;
}

/**
 * The request that a message came with, as Node-RED's HTTP server took it in; one that somebody put into a message, such
 * as over a websocket, says nothing of who sent it. Undefined for a message of the flow's own.
 */
export function requestOf(message: object): Sent | undefined {
  const { req: request } = message as { req?: unknown };
  if (request === undefined || request === null) return undefined;
  return request instanceof IncomingMessage ? (request as Sent) : {};
}

/** Tells who sends requests, by named tokens and by Node-RED's own authentication. Throws SettingsError for tokens that are none. */
export function identifier({ tokens, httpNodeAuth, development }: Ways) {
  const known = tokensOf(tokens);
  const someApprove = known.some(({ approves }) => approves);
  const { user: basicUser } = (httpNodeAuth ?? {}) as { user?: unknown };
  const isOpen = known.length === 0 && !httpNodeAuth;

  /** Every token is compared, and all in the same time, so that no answer tells how much of a token was right. */
  const byToken = (token: string): Identity => {
    const hash = hashOf(token.trim());
    const [found] = known.filter((one) => timingSafeEqual(one.hash, hash));
    if (!found) throw new NotAllowed(401, 'The token is not known here.');
    return { name: found.name, approves: found.approves };
  };

  /** Who Node-RED itself has let in: its one user, whose password it checked, or whom its middleware named. */
  const byNodeRed = ({ user }: Sent, basic: string | undefined): Identity | undefined => {
    const named = typeof basicUser === 'string' ? basicUser : user?.username;
    if (!httpNodeAuth || typeof named !== 'string' || named === '') return undefined;
    if (typeof basicUser === 'string' && basic !== basicUser) return undefined;
    return { name: named, approves: !someApprove };
  };

  /** Who sent a request. Throws NotAllowed where that has to be known and is not. */
  const identify = (request: Sent): Identity => {
    const { authorization, 'x-planbridge-token': own } = request.headers ?? {};
    if (own !== undefined) return byToken(String(own));
    const [, bearer] = /^bearer +(.+)$/i.exec(String(authorization ?? '')) ?? [];
    if (bearer !== undefined && known.length > 0) return byToken(bearer);
    const found = byNodeRed(request, nameIn(authorization));
    if (found) return found;
    if (isOpen) return { name: ANONYMOUS, approves: development };
    throw new NotAllowed(
      401,
      'Say who you are: send the header "Authorization: Bearer <token>" with a token that is known here.',
    );
  };

  const nobody = () =>
    new NotAllowed(
      403,
      'Nobody can be told apart here, so nobody may decide. Give the store named tokens (or set PLANBRIDGE_TOKENS), or set httpNodeAuth in Node-RED’s settings; only in a development environment it goes without.',
    );

  return {
    identify,

    /** Who answers for what this request asks. Throws NotAllowed where nobody does. */
    person(request: Sent): Identity {
      const who = identify(request);
      if (isOpen && !development) throw nobody();
      return who;
    },

    /** Who decides on a forecast by this request. Throws NotAllowed where that one may not, or is not known. */
    approver(request: Sent): Identity {
      const who = identify(request);
      if (who.approves) return who;
      throw isOpen ? nobody() : new NotAllowed(403, `${who.name} may not decide: the token lacks the permission [approve].`);
    },
  };
}
export type Identifier = ReturnType<typeof identifier>;

/** The name that a Basic header gives. */
function nameIn(authorization: unknown): string | undefined {
  const [, value] = /^basic +(.+)$/i.exec(String(authorization ?? '')) ?? [];
  return value === undefined ? undefined : Buffer.from(value, 'base64').toString('utf8').split(':', 1)[0];
}
