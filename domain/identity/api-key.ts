import type { Decider } from '../kernel/decider.ts';
import type { Aggregate, StreamId } from '../kernel/event-store.ts';
import { type Failure, failed } from '../kernel/failure.ts';
import { parseTenantId, type Role, type TenantId } from '../kernel/tenancy.ts';

/**
 * A key `hyb_<tenant>_<id>_<secret>`. Only the SHA-256 of the secret is kept: it has 256 random bits, so a slow hash would protect nothing more
 * and would cost every request.
 */
export type ApiKey = {
  readonly id: string;
  readonly name: string;
  readonly prefix: string;
  readonly roles: readonly Role[];
  readonly secretHash: string;
  readonly expiresAt: string | null;
  readonly createdAt: string;
  readonly revoked: boolean;
};

export type ApiKeyCommand =
  | { readonly type: 'create'; readonly key: Omit<ApiKey, 'revoked'>; readonly tenant: TenantId }
  | { readonly type: 'revoke'; readonly tenant: TenantId };

export type ApiKeyEvent =
  | ({ readonly type: 'api-key-created'; readonly tenant: string } & Omit<ApiKey, 'revoked'>)
  | { readonly type: 'api-key-revoked'; readonly tenant: string; readonly id: string; readonly prefix: string };

export type ApiKeyFailure = Failure<'api-key-exists' | 'api-key-not-found' | 'api-key-expired' | 'no-roles'>;

const notFound = () => failed('not-found', 'api-key-not-found', 'There is no such API key.');

export const apiKey: Decider<ApiKey, ApiKeyCommand, ApiKeyEvent, ApiKeyFailure> = {
  initial: { id: '', name: '', prefix: '', roles: [], secretHash: '', expiresAt: null, createdAt: '', revoked: false },
  decide(command, state) {
    if (command.type === 'revoke') return revoke(command.tenant, state);
    const { key } = command;
    if (state.id !== '') return failed('conflict', 'api-key-exists', 'There is an API key with this id already.');
    if (key.roles.length === 0) return failed('invalid', 'no-roles', 'A key needs at least one role: invoker, viewer, editor or admin.');
    if (key.expiresAt !== null && key.expiresAt <= key.createdAt)
      return failed('invalid', 'api-key-expired', '"expiresAt" has to lie in the future.');
    return [{ type: 'api-key-created', tenant: command.tenant, ...key }];
  },
  evolve(state, event) {
    if (event.type === 'api-key-revoked') return { ...state, revoked: true };
    const { type: _, tenant: __, ...key } = event;
    return { ...key, revoked: false };
  },
};

const revoke = (tenant: TenantId, state: ApiKey): readonly ApiKeyEvent[] | ApiKeyFailure => {
  if (state.id === '' || state.revoked) return notFound();
  return [{ type: 'api-key-revoked', tenant, id: state.id, prefix: state.prefix }];
};

export const apiKeyStream = (tenant: TenantId, id: string): StreamId => ({ tenant, partition: `api-key#${id}`, stream: 'api-key' });

/** Revoked keys leave the list; their history stays. */
export const apiKeys: Aggregate<ApiKey, ApiKeyCommand, ApiKeyEvent, ApiKeyFailure> = {
  decider: apiKey,
  attributes: (state, id) =>
    state.revoked ? {} : { list: `${id.tenant}#api-keys`, rank: state.id, key_id: state.id, key_tenant: id.tenant },
};

export type ParsedKey = { readonly tenant: TenantId; readonly id: string; readonly secret: string };

/** The parts of a key's text, or nothing where it is not one. */
export const parseApiKey = (text: string): ParsedKey | undefined => {
  const parts = text.split('_');
  const [scheme, tenant, id, secret] = parts;
  if (parts.length !== 4 || scheme !== 'hyb' || !tenant || !id || !secret || id.length > 64 || secret.length > 256) return undefined;
  const parsed = parseTenantId(tenant);
  return typeof parsed === 'string' ? { tenant: parsed, id, secret } : undefined;
};

export const formatApiKey = ({ tenant, id, secret }: ParsedKey): string => `hyb_${tenant}_${id}_${secret}`;

/** Whether a key that is known may still be used at this moment; its secret is another question. */
export const isUsable = (key: ApiKey, now: Date): boolean =>
  key.id !== '' && !key.revoked && (key.expiresAt === null || key.expiresAt > now.toISOString());
