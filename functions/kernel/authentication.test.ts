import { describe, expect, it } from 'vitest';
import { inMemoryTable } from '../../adapters/conformance/in-memory-table.ts';
import { apiKeyStream, apiKeys, formatApiKey } from '../../domain/identity/api-key.ts';
import { tenantStream, tenants } from '../../domain/identity/tenant.ts';
import { platformTenant, type Role, type TenantId } from '../../domain/kernel/tenancy.ts';
import { authentication, authorize, bootstrapKey, bootstrapPrincipal, lastUseKey, sha256 } from './authentication.ts';
import { testServing } from './test-serving.ts';

const acme = 'acme' as TenantId;
const by = { id: 'test' };
const secret = 'f00d';
const key = formatApiKey({ tenant: acme, id: 'K1', secret });

const world = async (expiresAt: string | null = null, tenant = acme) => {
  const lastUses = inMemoryTable();
  const serving = testServing(inMemoryTable(), lastUses);
  const { events } = serving.directory;
  const at = serving.clock.now().toISOString();
  if (tenant !== platformTenant) await events.handle(tenants, tenantStream(tenant), { type: 'create', tenant, name: 'Acme', at }, { by });
  const created = { id: 'K1', name: 'k', prefix: '', roles: ['viewer' as const], secretHash: sha256(secret), expiresAt, createdAt: at };
  await events.handle(apiKeys, apiKeyStream(tenant, 'K1'), { type: 'create', tenant, key: created }, { by });
  return { ...serving, lastUses, events };
};

const code = (outcome: object) => ('failure' in outcome ? (outcome.failure as { code: string }).code : undefined);

describe('authentication', () => {
  it('knows a key by its text', async () => {
    const { authenticate } = await world();
    expect(await authenticate(`Bearer ${key}`)).toEqual({ principal: { tenant: acme, id: 'key:K1', roles: ['viewer'] } });
  });

  it('takes the scheme in any case', async () => {
    const { authenticate } = await world();
    expect(await authenticate(`bearer ${key}`)).toHaveProperty('principal');
  });

  it.each([undefined, null, '', 'Bearer ', `Basic ${key}`])('asks for credentials where there are none: %s', async (header) => {
    const { authenticate } = await world();
    expect(code(await authenticate(header))).toBe('credentials-missing');
  });

  it.each(['nonsense', 'hyb_acme_K2_f00d', 'hyb_other_K1_f00d', 'hyb_acme_K1', 'hyb_ACME_K1_f00d', 'hyb_acme_K1_f00d_x'])(
    'refuses a key that nobody has, and suspects nobody: %s',
    async (token) => {
      const { authenticate } = await world();
      expect(await authenticate(`Bearer ${token}`)).toEqual({ failure: expect.objectContaining({ code: 'credentials-invalid' }) });
    },
  );

  it('knows the first key of the platform by a hash that it is told, whatever the directory holds', async () => {
    const [{ directory, clock }, lastUses] = [testServing(inMemoryTable()), inMemoryTable()];
    const first = formatApiKey({ tenant: platformTenant, id: 'bootstrap', secret });
    const told = authentication({ directory, lastUses, clock, bootstrapHash: sha256(first) });
    expect(await told(`Bearer ${first}`)).toEqual({ principal: bootstrapPrincipal });
    expect(code(await told(`Bearer ${first}x`))).toBe('credentials-invalid');
  });

  it('refuses a wrong secret, and tells whose key it would have been', async () => {
    const { authenticate } = await world();
    const refused = await authenticate(`Bearer ${formatApiKey({ tenant: acme, id: 'K1', secret: 'beef' })}`);
    expect(code(refused)).toBe('credentials-invalid');
    expect(refused).toMatchObject({ suspect: { tenant: 'acme', principal: 'key:K1' } });
  });

  it('refuses a secret of as many characters that takes more bytes, also when the right one was seen before', async () => {
    const { authenticate } = await world();
    expect(await authenticate(`Bearer ${key}`)).toHaveProperty('principal');
    expect(code(await authenticate(`Bearer ${formatApiKey({ tenant: acme, id: 'K1', secret: 'f00é' })}`))).toBe('credentials-invalid');
  });

  it('refuses a key from the moment that it expires', async () => {
    const { authenticate, clock } = await world('2026-11-21T12:00:10.000Z');
    clock.advance(9_999);
    expect(await authenticate(`Bearer ${key}`)).toHaveProperty('principal');
    clock.advance(1);
    expect(code(await authenticate(`Bearer ${key}`))).toBe('credentials-invalid');
  });

  it('refuses a revoked key at once', async () => {
    const { authenticate, events } = await world();
    expect(await authenticate(`Bearer ${key}`)).toHaveProperty('principal');
    await events.handle(apiKeys, apiKeyStream(acme, 'K1'), { type: 'revoke', tenant: acme }, { by });
    expect(code(await authenticate(`Bearer ${key}`))).toBe('credentials-invalid');
  });

  it('refuses the keys of a suspended tenant at once, until it is resumed', async () => {
    const { authenticate, events } = await world();
    await events.handle(tenants, tenantStream(acme), { type: 'suspend', tenant: acme }, { by });
    expect(code(await authenticate(`Bearer ${key}`))).toBe('tenant-suspended');
    await events.handle(tenants, tenantStream(acme), { type: 'resume', tenant: acme }, { by });
    expect(await authenticate(`Bearer ${key}`)).toHaveProperty('principal');
  });

  it('does not tell a wrong secret that the tenant is suspended', async () => {
    const { authenticate, events } = await world();
    await events.handle(tenants, tenantStream(acme), { type: 'suspend', tenant: acme }, { by });
    expect(code(await authenticate('Bearer hyb_acme_K1_beef'))).toBe('credentials-invalid');
  });

  it.each(['hyb_platform_boot_5ecret', 'any text that the operator chose'])('knows the bootstrap key by its hash: %s', async (token) => {
    const { authenticate, directory } = await world();
    await directory.put({ ...bootstrapKey, secretHash: sha256(token) });
    expect(await authenticate(`Bearer ${token}`)).toEqual({ principal: bootstrapPrincipal });
    expect(code(await authenticate(`Bearer ${token}x`))).toBe('credentials-invalid');
  });

  it("knows the platform's own keys, which belong to no tenant that could be suspended", async () => {
    const { authenticate } = await world(null, platformTenant);
    expect(await authenticate(`Bearer hyb_platform_K1_${secret}`)).toMatchObject({ principal: { tenant: 'platform', id: 'key:K1' } });
  });

  it('notes the last use of a key, once a minute, and nothing in identity’s directory', async () => {
    const { authenticate, clock, directory, lastUses } = await world();
    const before = await directory.scan();
    const lastUse = async () => (await lastUses.get(lastUseKey({ tenant: acme, id: 'key:K1', roles: [] })))?.at;
    await authenticate(`Bearer ${key}`);
    clock.advance(59_000);
    await authenticate(`Bearer ${key}`);
    expect(await lastUse()).toBe('2026-11-21T12:00:00.000Z');
    clock.advance(1_000);
    await authenticate(`Bearer ${key}`);
    expect(await lastUse()).toBe('2026-11-21T12:01:00.000Z');
    expect(await directory.scan()).toEqual(before);
  });
});

describe('authorization', () => {
  const tenant = (...roles: Role[]) => ({ tenant: acme, id: 'key:K1', roles });
  const platform = (...roles: Role[]) => ({ tenant: platformTenant, id: 'bootstrap', roles });

  it.each([
    ['a role that has the permission', tenant('editor'), { permission: 'models:write' }, undefined],
    ['too small a role', tenant('viewer'), { permission: 'models:write' }, 'permission-denied'],
    ['one of several roles', tenant('invoker', 'viewer'), { permission: 'models:read' }, undefined],
    ['no role', tenant(), { permission: 'models:read' }, 'permission-denied'],
    ['a permission that nobody has', tenant('admin'), { permission: 'models:rule' }, 'permission-denied'],
    ["the platform on a tenant's route", platform('admin'), { permission: 'models:read' }, 'tenant-required'],
    ["a tenant on the platform's route", tenant('admin'), { permission: 'tenants:read', scope: 'platform' }, 'platform-required'],
    ["the platform on the platform's route", platform('admin'), { permission: 'tenants:read', scope: 'platform' }, undefined],
    ['a small role of the platform', platform('viewer'), { permission: 'tenants:read', scope: 'platform' }, 'permission-denied'],
    ['a tenant on a route for either', tenant('admin'), { permission: 'audit:read', scope: 'either' }, undefined],
    ['the platform on a route for either', platform('admin'), { permission: 'audit:read', scope: 'either' }, undefined],
    ['anybody where being somebody is enough', tenant(), { permission: 'authenticated' }, undefined],
  ] as const)('of %s', (_who, principal, route, refusal) => {
    expect(authorize(principal, route)?.code).toBe(refusal);
  });
});
