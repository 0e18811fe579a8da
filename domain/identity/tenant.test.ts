import { describe, it } from 'vitest';
import { specification } from '../kernel/specification.ts';
import { platformTenant, type TenantId } from '../kernel/tenancy.ts';
import { type TenantEvent, tenant } from './tenant.ts';

const spec = specification(tenant);
const acme = 'acme' as TenantId;
const at = '2026-11-01T00:00:00.000Z';
const created: TenantEvent = { type: 'tenant-created', tenant: 'acme', name: 'Acme', createdAt: at };
const suspended: TenantEvent = { type: 'tenant-suspended', tenant: 'acme' };
const resumed: TenantEvent = { type: 'tenant-resumed', tenant: 'acme' };

describe('a tenant', () => {
  it('is created', () => spec.given().when({ type: 'create', tenant: acme, name: 'Acme', at }).then(created));
  it('is created once', () => spec.given(created).when({ type: 'create', tenant: acme, name: 'Acme', at }).fails('tenant-exists'));
  it('cannot be the platform', () => spec.given().when({ type: 'create', tenant: platformTenant, name: 'x', at }).fails('tenant-reserved'));
  it('is suspended', () => spec.given(created).when({ type: 'suspend', tenant: acme }).then(suspended));
  it('says nothing when it is suspended already', () => spec.given(created, suspended).when({ type: 'suspend', tenant: acme }).then());
  it('resumes', () => spec.given(created, suspended).when({ type: 'resume', tenant: acme }).then(resumed));
  it('says nothing when it never stopped', () => spec.given(created).when({ type: 'resume', tenant: acme }).then());
  it('can be suspended again', () => spec.given(created, suspended, resumed).when({ type: 'suspend', tenant: acme }).then(suspended));
  it('cannot be suspended before it exists', () => spec.given().when({ type: 'suspend', tenant: acme }).fails('tenant-not-found'));
});
