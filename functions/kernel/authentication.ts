import { hash, timingSafeEqual } from 'node:crypto';
import { type ApiKey, apiKeyStream, isUsable, parseApiKey } from '../../domain/identity/api-key.ts';
import { allows, isPermission } from '../../domain/identity/permission.ts';
import { type Tenant, tenantStream } from '../../domain/identity/tenant.ts';
import type { Clock } from '../../domain/kernel/clock.ts';
import { partitionKey, type StreamId } from '../../domain/kernel/event-store.ts';
import { type Failure, failed } from '../../domain/kernel/failure.ts';
import type { Table } from '../../domain/kernel/table.ts';
import { type Principal, platformTenant, type TenantId } from '../../domain/kernel/tenancy.ts';
import type { RouteDeclaration } from './context.ts';

export type AuthenticationFailure = Failure<'credentials-missing' | 'credentials-invalid' | 'tenant-suspended'>;

/** What a refused key still tells: whose it would have been, where such a key exists. */
export type Refusal = {
  readonly failure: AuthenticationFailure;
  readonly suspect?: { readonly tenant: string; readonly principal: string };
};
export type Authenticated = { readonly principal: Principal } | Refusal;

/** Where the platform's own first key is kept: only the SHA-256 of its text. */
export const bootstrapKey = { pk: `${platformTenant}#bootstrap`, sk: 'key' } as const;
export const sha256 = (text: string): string => hash('sha256', text, 'hex');

export type Authenticate = (authorization: string | null | undefined) => Promise<Authenticated>;

const missing = (): Refusal => ({
  failure: failed('unauthenticated', 'credentials-missing', 'Send an API key: "Authorization: Bearer hyb_<tenant>_<id>_<secret>".'),
});
const invalid = (suspect?: Refusal['suspect']): Refusal => {
  const failure: AuthenticationFailure = failed('unauthenticated', 'credentials-invalid', 'The API key is unknown, revoked or expired.');
  return suspect === undefined ? { failure } : { failure, suspect };
};

const equal = (a: string, b: string): boolean => {
  const [one, other] = [Buffer.from(a), Buffer.from(b)];
  // Of the bytes: a character beyond ASCII is one of the text and two of them.
  return one.length === other.length && timingSafeEqual(one, other);
};
const stateOf = async <S>(table: Pick<Table, 'get'>, id: StreamId): Promise<S | undefined> =>
  (await table.get({ pk: partitionKey(id), sk: `state#${id.stream}` }))?.state as S | undefined;

/** A key's last use is written at most this often. */
const lastUseEveryMillis = 60_000;

export type AuthenticationPorts = {
  /** Identity's, read by keys alone: whoever could write it could let himself in. */
  readonly directory: Pick<Table, 'get'>;
  /** When each key was last used. */
  readonly lastUses: Pick<Table, 'put'>;
  readonly clock: Clock;
  /** SHA-256 of the platform's first key in hexadecimal, where a cloud cannot put its item into the directory: then the item is not asked for. */
  readonly bootstrapHash?: string | undefined;
};

/** Who sends a request. Every request reads the key and its tenant anew (two gets), so that a revocation, an expiry or a suspension holds at once. */
export const authentication = ({ directory, lastUses, clock, bootstrapHash }: AuthenticationPorts): Authenticate => {
  const noteUse = lastUse(lastUses, clock);
  const holds = secretChecker();
  return async (authorization) => {
    const token = bearer(authorization);
    if (token === undefined) return missing();
    const parsed = parseApiKey(token);
    if (parsed === undefined || parsed.tenant === platformTenant) {
      const expected = bootstrapHash ?? (await directory.get(bootstrapKey))?.secretHash;
      if (expected !== undefined && equal(sha256(token), expected as string)) return { principal: bootstrapPrincipal };
    }
    if (parsed === undefined) return invalid();
    const key = await stateOf<ApiKey>(directory, apiKeyStream(parsed.tenant, parsed.id));
    if (key === undefined) return invalid();
    const principal = principalOf(parsed.tenant, key);
    const suspect = { tenant: parsed.tenant, principal: principal.id };
    if (!holds(key, parsed.secret) || !isUsable(key, clock.now())) return invalid(suspect);
    if (parsed.tenant !== platformTenant && (await stateOf<Tenant>(directory, tenantStream(parsed.tenant)))?.status !== 'active')
      return { failure: failed('forbidden', 'tenant-suspended', 'This tenant is suspended; ask the operator of the platform.'), suspect };
    noteUse(principal);
    return { principal };
  };
};

const principals = new WeakMap<ApiKey, Principal>();

const principalOf = (tenant: TenantId, key: ApiKey): Principal => {
  const known = principals.get(key);
  if (known !== undefined) return known;
  const principal: Principal = { tenant, id: `key:${key.id}`, roles: key.roles };
  principals.set(key, principal);
  return principal;
};

/**
 * Whether a secret is a key's. The last one that was is remembered with the key as it was read, and forgotten with it: a table that hands out the
 * same object until something changes spares the hash.
 */
const secretChecker = (): ((key: ApiKey, secret: string) => boolean) => {
  const right = new WeakMap<ApiKey, string>();
  return (key, secret) => {
    const known = right.get(key);
    if (known !== undefined) return equal(secret, known);
    const holds = equal(sha256(secret), key.secretHash);
    if (holds) right.set(key, secret);
    return holds;
  };
};

export const bootstrapPrincipal: Principal = { tenant: platformTenant, id: 'bootstrap', roles: ['admin'] };

const bearer = (authorization: string | null | undefined): string | undefined =>
  authorization && /^bearer /i.test(authorization) ? authorization.slice(7).trim() || undefined : undefined;

export const lastUseKey = (principal: Principal) => ({
  pk: partitionKey(apiKeyStream(principal.tenant, principal.id.slice('key:'.length))),
  sk: 'last-use',
});

// Best effort and off the request's path: the last use informs people, nothing decides by it.
const lastUse = (lastUses: Pick<Table, 'put'>, clock: Clock) => {
  const noted = new Map<string, number>();
  return (principal: Principal): void => {
    const now = clock.now().getTime();
    if (now - (noted.get(principal.id) ?? 0) < lastUseEveryMillis) return;
    if (noted.size > 10_000) noted.clear();
    noted.set(principal.id, now);
    lastUses.put({ ...lastUseKey(principal), at: new Date(now).toISOString() }).catch(() => noted.delete(principal.id));
  };
};

/** The one place that decides: default deny, by the route's scope and permission. */
export const authorize = (
  principal: Principal,
  route: Pick<RouteDeclaration, 'permission' | 'scope'>,
): undefined | Failure<'tenant-required' | 'platform-required' | 'permission-denied'> => {
  if (route.permission === 'authenticated') return undefined;
  const scope = route.scope ?? 'tenant';
  const ofPlatform = principal.tenant === platformTenant;
  if (scope === 'tenant' && ofPlatform)
    return failed('forbidden', 'tenant-required', "This belongs to a tenant: use a tenant's key, not the platform's.");
  if (scope === 'platform' && !ofPlatform)
    return failed('forbidden', 'platform-required', 'Only the administrator of the platform may do this.');
  if (!isPermission(route.permission) || !allows(principal.roles, route.permission))
    return failed(
      'forbidden',
      'permission-denied',
      `The roles of this key (${principal.roles.join(', ')}) do not allow "${route.permission}".`,
    );
  return undefined;
};
