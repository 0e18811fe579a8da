import { randomBytes } from 'node:crypto';
import { type HttpClient, httpClient } from '../../tools/http-client.ts';
import { expectStatus } from './platform.ts';
import { claim, section, show } from './report.ts';

export type Tenant = { readonly id: string; readonly client: HttpClient };

/** A tenant of its own for each run, with an administrator's key. */
export const createTenant = async (admin: HttpClient): Promise<Tenant> => {
  section('A tenant and its key');
  const id = `demo-${randomBytes(4).toString('hex')}`;
  expectStatus(await admin.post('/v1/tenants', { id, name: 'Demo' }), 201, 'Creating a tenant');
  const request = { name: 'demo', roles: ['admin'], tenantId: id };
  const created = expectStatus(await admin.post<{ key: string; prefix: string }>('/v1/api-keys', request), 201, 'Creating an API key');
  const client = httpClient(admin.url, created.key);
  const me = expectStatus(await client.get<{ tenantId: string }>('/v1/me'), 200, 'Asking who I am');
  show('tenant', id);
  show('API key', `${created.prefix}_... (shown once, stored hashed)`);
  claim("the key is the new tenant's", me.tenantId === id, me);
  return { id, client };
};
