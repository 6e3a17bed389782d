/** Who asks, and whether they may: decided once a request, before its body is read. */
import type { FastifyRequest } from 'fastify';
import { Refusal } from '../refusals.js';
import type { ApiKey, ApiKeys } from './api-keys.js';
import { SCOPES, type Scope } from './scopes.js';

/** Who asks. */
export interface Client {
  /** Names the key in logs and limits. */
  keyId: string;
  scope: Scope;
  /** The only participant that the key acts for; `null`: any. */
  participant: string | null;
}

declare module 'fastify' {
  interface FastifyRequest {
    /** Who asks; `null` on routes that ask for no key. */
    client: Client | null;
  }
  interface FastifyContextConfig {
    /** What a key must be able to do here; `open`: no key is asked for. Default: `admin`, so that a forgotten route is a closed one. */
    scope?: Scope | 'open';
  }
}

/** @throws Refusal NO_KEY, KEY_REVOKED or SCOPE_MISSING. */
export function authenticate(keys: ApiKeys, request: FastifyRequest): Client | null {
  if (request.is404) return null;
  const scope = request.routeOptions.config.scope ?? 'admin';
  if (scope === 'open') return null;
  return admit(keys, keyOf(request), scope);
}

/** The client behind a key. @throws Refusal NO_KEY, KEY_REVOKED or SCOPE_MISSING. */
export function admit(keys: ApiKeys, key: string | undefined, scope: Scope): Client {
  if (key === undefined) {
    throw new Refusal('NO_KEY', 'An API key is needed: Authorization: Bearer KEY, or X-API-KEY: KEY.');
  }
  const entry = keys.find(key);
  if (!entry) throw new Refusal('NO_KEY', 'The API key is not known here.');
  if (entry.revokedAt !== undefined) throw new Refusal('KEY_REVOKED', `The API key was revoked at ${entry.revokedAt}.`);
  if (!includes(entry, scope)) {
    throw new Refusal('SCOPE_MISSING', `This needs a key of scope ${scope}; yours is ${entry.scope}.`);
  }
  return { keyId: entry.id, scope: entry.scope, participant: entry.participant ?? null };
}

/**
 * The participant that a request is about: the key's own, or the one it names.
 * @throws Refusal OTHER_PARTICIPANT when the key is bound to another one.
 */
export function participantOf(client: Client | null, named: string | undefined): string | undefined {
  const bound = client?.participant ?? null;
  if (bound === null) return named;
  if (named !== undefined && named !== bound) {
    throw new Refusal('OTHER_PARTICIPANT', 'The API key is bound to another participant.');
  }
  return bound;
}

function includes(entry: ApiKey, scope: Scope): boolean {
  return SCOPES.indexOf(entry.scope) >= SCOPES.indexOf(scope);
}

/** `Authorization: Bearer`, `X-API-KEY` as tills send it, or the password of HTTP Basic as they send it to a local module. */
export function keyOf({ headers }: FastifyRequest): string | undefined {
  const own = headers['x-api-key'];
  if (typeof own === 'string') return own;
  const [scheme, value] = (headers.authorization ?? '').split(' ', 2);
  if (value === undefined) return undefined;
  if (/^bearer$/i.test(scheme!)) return value;
  if (!/^basic$/i.test(scheme!)) return undefined;
  const pair = Buffer.from(value, 'base64').toString('utf8');
  return pair.includes(':') ? pair.slice(pair.indexOf(':') + 1) : undefined;
}
