import { createHash, timingSafeEqual } from 'node:crypto';
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
type Sent = { readonly headers?: Readonly<Record<string, string | string[] | undefined>> | undefined };

export type Ways = {
  /** `name:token` or `name[approve]:token`, with commas or on lines of their own. */
  readonly tokens: string;
  /** Whether Node-RED itself authenticates requests (its setting `httpNodeAuth`): it has let through only who is known. */
  readonly basic: boolean;
  /** Whether this is a development environment: what nobody signs may be tried there. */
  readonly development: boolean;
};

const TOKEN = /^([^:[\]\s]+)(\[approve\])?:(\S{16,})$/;
const hashOf = (text: string) => createHash('sha256').update(text).digest();

/** Tells who sends requests, by named tokens and by Node-RED's own authentication. Throws SettingsError for tokens that are none. */
export function identifier({ tokens, basic, development }: Ways) {
  const known: Token[] = tokens
    .split(/[\s,]+/)
    .filter(Boolean)
    .map((text) => {
      const [, name = '', approve, token = ''] = TOKEN.exec(text) ?? [];
      if (!name)
        throw new SettingsError(
          'The tokens are not right. Write name:token or name[approve]:token, with commas between; a token has 16 characters or more.',
        );
      return { name, approves: approve !== undefined, hash: hashOf(token) };
    });
  const someApprove = known.some(({ approves }) => approves);
  const isOpen = known.length === 0 && !basic;

  /** Every token is compared, and all in the same time, so that no answer tells how much of a token was right. */
  const byToken = (token: string): Identity | undefined => {
    const hash = hashOf(token);
    const [found] = known.filter((one) => timingSafeEqual(one.hash, hash));
    return found && { name: found.name, approves: found.approves };
  };

  /** Who sent a request. Throws NotAllowed where that has to be known and is not. */
  const identify = (request: Sent): Identity => {
    const { authorization } = request.headers ?? {};
    const [, scheme = '', value = ''] = /^(\w+) +(.+)$/.exec(String(authorization ?? '')) ?? [];
    const found = scheme.toLowerCase() === 'bearer' ? byToken(value.trim()) : undefined;
    if (found) return found;
    if (basic && scheme.toLowerCase() === 'basic')
      return { name: Buffer.from(value, 'base64').toString('utf8').split(':', 1)[0] ?? '', approves: !someApprove };
    if (isOpen) return { name: ANONYMOUS, approves: development };
    throw new NotAllowed(
      401,
      'Say who you are: send the header "Authorization: Bearer <token>" with a token that is known here.',
    );
  };

  return {
    identify,

    /** Who decides on a forecast by this request. Throws NotAllowed where that one may not, or is not known. */
    approver(request: Sent): Identity {
      const who = identify(request);
      if (who.approves) return who;
      throw isOpen
        ? new NotAllowed(
            403,
            'Nobody can be told apart here, so nobody may decide. Give the store named tokens (or set PLANBRIDGE_TOKENS), or set httpNodeAuth in Node-RED’s settings; only in a development environment it goes without.',
          )
        : new NotAllowed(403, `${who.name} may not decide: the token lacks the permission [approve].`);
    },
  };
}
export type Identifier = ReturnType<typeof identifier>;
