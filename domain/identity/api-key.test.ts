import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { specification } from '../kernel/specification.ts';
import type { TenantId } from '../kernel/tenancy.ts';
import { type ApiKey, type ApiKeyEvent, apiKey, formatApiKey, isUsable, parseApiKey } from './api-key.ts';

const spec = specification(apiKey);
const tenant = 'acme' as TenantId;
const key: Omit<ApiKey, 'revoked'> = {
  id: '01J',
  name: 'laptop',
  prefix: 'hyb_acme_01J',
  roles: ['admin'],
  secretHash: 'h',
  expiresAt: null,
  createdAt: '2026-11-01T00:00:00.000Z',
};
const created: ApiKeyEvent = { type: 'api-key-created', tenant, ...key };
const revoked: ApiKeyEvent = { type: 'api-key-revoked', tenant, id: '01J', prefix: 'hyb_acme_01J' };

describe('an API key', () => {
  it('is created', () => spec.given().when({ type: 'create', tenant, key }).then(created));
  it('is created once', () => spec.given(created).when({ type: 'create', tenant, key }).fails('api-key-exists'));
  it('needs a role', () =>
    spec
      .given()
      .when({ type: 'create', tenant, key: { ...key, roles: [] } })
      .fails('no-roles'));
  it('cannot have expired before it exists', () =>
    spec
      .given()
      .when({ type: 'create', tenant, key: { ...key, expiresAt: '2026-10-01T00:00:00.000Z' } })
      .fails('api-key-expired'));
  it('is revoked', () => spec.given(created).when({ type: 'revoke', tenant }).then(revoked));
  it('is revoked once', () => spec.given(created, revoked).when({ type: 'revoke', tenant }).fails('api-key-not-found'));
  it('cannot be revoked before it exists', () => spec.given().when({ type: 'revoke', tenant }).fails('api-key-not-found'));
});

describe('using an API key', () => {
  const now = new Date('2026-11-02T00:00:00.000Z');
  it('is possible while it lives', () => expect(isUsable({ ...key, revoked: false }, now)).toBe(true));
  it('ends with its revocation', () => expect(isUsable({ ...key, revoked: true }, now)).toBe(false));
  it('ends at the moment it expires', () => expect(isUsable({ ...key, revoked: false, expiresAt: now.toISOString() }, now)).toBe(false));
  it('is not possible with one that never was', () => expect(isUsable(apiKey.initial, now)).toBe(false));
});

describe('the text of an API key', () => {
  it('reads back as its parts', () =>
    fc.assert(
      fc.property(
        fc.stringMatching(/^[a-z0-9]([a-z0-9-]{0,20}[a-z0-9])?$/),
        fc.stringMatching(/^[A-Z0-9]{26}$/),
        fc.stringMatching(/^[a-f0-9]{64}$/),
        (t, id, secret) => {
          const parts = { tenant: t as TenantId, id, secret };
          expect(parseApiKey(formatApiKey(parts))).toEqual(parts);
        },
      ),
    ));
  it('is refused where it is something else', () =>
    fc.assert(fc.property(fc.string(), (text) => void expect(parseApiKey(text)).toBeUndefined())));
  it.each(['hyb_acme_1', 'hyb_Acme_1_s', 'hyb_acme__s', 'key_acme_1_s', 'hyb_acme_1_s_t'])('is not %s', (text) =>
    expect(parseApiKey(text)).toBeUndefined(),
  );
});
