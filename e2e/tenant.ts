import { failed, Rejected } from '../domain/kernel/failure.ts';
import { type HttpClient, httpClient, type Reply } from '../tools/http-client.ts';
import { waitUntil } from '../tools/wait-until.ts';

/** The body, where the status is as expected. Throws `Rejected` `unexpected-answer`. */
export const expected = <Body>({ status, body }: Reply<Body>, wanted: number): Body => {
  if (status === wanted) return body;
  throw new Rejected(failed('conflict', 'unexpected-answer', `Expected ${wanted}, got ${status}: ${JSON.stringify(body)}`));
};

/** A new tenant's administrator. */
export const createTenant = async (admin: HttpClient, id: string): Promise<HttpClient> => {
  expected(await admin.post('/v1/tenants', { id, name: id }), 201);
  const request = { name: 'test', roles: ['admin'], tenantId: id };
  return httpClient(admin.url, expected(await admin.post<{ key: string }>('/v1/api-keys', request), 201).key);
};

type Endpoint = { readonly state: string; readonly servingVersion: string | null };

export const waitForServing = async (client: HttpClient, name: string, version: string): Promise<void> => {
  const serving = async () => {
    const { state, servingVersion } = expected(await client.get<Endpoint>(`/v1/endpoints/${name}`), 200);
    return state === 'ready' && servingVersion === version ? true : undefined;
  };
  await waitUntil(`${name} to serve version ${version}`, serving, { withinMillis: 30_000 });
};

/** Registers a model under a name and serves its only version at an endpoint of the same name. */
export const serveModel = async (client: HttpClient, name: string, bytes: Uint8Array<ArrayBuffer>): Promise<void> => {
  expected(await client.post('/v1/models', { name }), 201);
  const { version } = expected(await client.post<{ version: string }>(`/v1/models/${name}/versions`, bytes), 201);
  expected(await client.put(`/v1/endpoints/${name}`, { model: name, version }), 202);
  await waitForServing(client, name, version);
};
