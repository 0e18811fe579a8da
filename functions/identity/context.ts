import * as z from 'zod';
import {
  accessDenied,
  accessGranted,
  apiKeyCreated,
  apiKeyRevoked,
  tenantCreated,
  tenantResumed,
  tenantSuspended,
} from '../../events/identity.ts';
import { context } from '../kernel/context.ts';
import { listOf, Paging } from '../kernel/lists.ts';
import { Empty, Problem, TenantId, Time } from '../kernel/schemas.ts';
import { transferOfTables } from '../kernel/transfer/routes.ts';

export const Role = z.enum(['invoker', 'viewer', 'editor', 'admin']);

const TenantView = z
  .object({ id: TenantId, name: z.string(), status: z.enum(['active', 'suspended']), createdAt: Time })
  .meta({ id: 'Tenant' });
const CreateTenant = z
  .strictObject({ id: TenantId.optional().describe('Made of the name where it is absent'), name: z.string().min(1).max(200).optional() })
  .refine((body) => body.id !== undefined || body.name !== undefined, 'an "id" or a "name" is needed');

const ApiKeyView = z
  .object({
    id: z.string(),
    name: z.string(),
    prefix: z.string().describe('How the key begins'),
    roles: z.array(Role),
    tenantId: TenantId,
    createdAt: Time,
    expiresAt: Time.nullable(),
    lastUsedAt: Time.nullable().describe('Exact to a minute'),
  })
  .meta({ id: 'ApiKey' });
const CreateApiKey = z.strictObject({
  name: z.string().min(1).max(200),
  roles: z.array(Role).min(1).max(4),
  tenantId: TenantId.optional().describe('For the platform: whose key it is'),
  expiresAt: Time.optional(),
});
const ForTenant = z.object({ tenantId: TenantId.optional().describe('For the platform: whose keys') });

const json = { body: '1 MiB', time: '10 s' } as const;

export const identity = context('identity', {
  describes: 'Who may do what: tenants and their API keys',
  tables: {
    directory: {
      holds: 'events',
      indexes: { list: { partition: 'list', sort: 'rank' }, keys: { partition: 'key_id', sort: 'key_tenant' } },
    },
  },
  borrows: { lastUses: { from: 'platform', table: 'last-uses' } },
  routes: {
    'POST /v1/tenants': {
      does: 'create-tenant',
      summary: 'Create a tenant',
      permission: 'tenants:write',
      scope: 'platform',
      body: CreateTenant,
      answers: { 201: TenantView, 409: Problem, 422: Problem },
      limit: json,
      uses: { directory: ['read', 'append'] },
    },
    'GET /v1/tenants': {
      does: 'list-tenants',
      summary: 'List tenants',
      permission: 'tenants:read',
      scope: 'platform',
      query: Paging,
      answers: { 200: listOf(TenantView) },
      limit: json,
      uses: { directory: ['read'] },
    },
    'GET /v1/tenants/{id}': {
      does: 'get-tenant',
      summary: 'Get a tenant',
      permission: 'tenants:read',
      scope: 'platform',
      answers: { 200: TenantView, 404: Problem },
      limit: json,
      uses: { directory: ['read'] },
    },
    'POST /v1/tenants/{id}/suspend': {
      does: 'suspend-tenant',
      summary: 'Suspend a tenant: its keys are refused from the next request on',
      permission: 'tenants:write',
      scope: 'platform',
      answers: { 200: TenantView, 404: Problem },
      limit: json,
      uses: { directory: ['read', 'append'] },
    },
    'POST /v1/tenants/{id}/resume': {
      does: 'resume-tenant',
      summary: 'Let a suspended tenant work again',
      permission: 'tenants:write',
      scope: 'platform',
      answers: { 200: TenantView, 404: Problem },
      limit: json,
      uses: { directory: ['read', 'append'] },
    },
    'GET /v1/me': {
      does: 'get-me',
      summary: 'Who am I',
      permission: 'authenticated',
      scope: 'either',
      answers: { 200: z.object({ tenantId: TenantId, principal: z.string(), roles: z.array(Role) }).meta({ id: 'Me' }) },
      limit: json,
      uses: {},
    },
    'POST /v1/api-keys': {
      does: 'create-api-key',
      summary: 'Create an API key; its text is shown in this answer and never again',
      permission: 'api-keys:write',
      scope: 'either',
      body: CreateApiKey,
      answers: { 201: ApiKeyView.extend({ key: z.string().optional() }).meta({ id: 'CreatedApiKey' }), 404: Problem, 422: Problem },
      limit: json,
      uses: { directory: ['read', 'append'] },
    },
    'GET /v1/api-keys': {
      does: 'list-api-keys',
      summary: 'List the API keys that are not revoked',
      permission: 'api-keys:read',
      scope: 'either',
      query: Paging.extend(ForTenant.shape),
      answers: { 200: listOf(ApiKeyView) },
      limit: json,
      uses: { directory: ['read'], lastUses: ['get'] },
    },
    'DELETE /v1/api-keys/{id}': {
      does: 'revoke-api-key',
      summary: 'Revoke an API key: it is refused from the next request on',
      permission: 'api-keys:write',
      scope: 'either',
      answers: { 204: Empty, 404: Problem },
      limit: json,
      uses: { directory: ['read', 'append'] },
    },
    ...transferOfTables('identity', ['directory']),
  },
  publishes: [tenantCreated, tenantSuspended, tenantResumed, apiKeyCreated, apiKeyRevoked, accessDenied, accessGranted],
});
