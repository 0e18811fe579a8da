import { randomBytes } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { type HttpClient, httpClient, type Reply } from '../../tools/http-client.ts';

const bodyOf = <Body>({ status, body }: Reply<Body>, expected: number): Body => {
  if (status !== expected) throw new Error(`expected ${expected}, got ${status}: ${JSON.stringify(body)}`);
  return body;
};

/** A new tenant's administrator. */
export const newTenant = async (admin: HttpClient): Promise<HttpClient> => {
  const id = `engine-${randomBytes(4).toString('hex')}`;
  bodyOf(await admin.post('/v1/tenants', { id, name: 'Engine' }), 201);
  const made = await admin.post<{ key: string }>('/v1/api-keys', { name: 'engine', roles: ['admin'], tenantId: id });
  return httpClient(admin.url, bodyOf(made, 201).key);
};

/** Names of what was made, and what was answered instead of 201. */
export type Made = { readonly names: readonly string[]; readonly refused: readonly string[] };

/** Makes one model after the other, each of which is an event, until it is told to stop. */
export const registerModels = (tenant: HttpClient, prefix: string): { stop(): Promise<Made> } => {
  let isOver = false;
  const names: string[] = [];
  const refused: string[] = [];
  const work = async () => {
    for (let number = 0; !isOver; number += 1) {
      const name = `${prefix}-${number}`;
      const { status, body } = await tenant.post('/v1/models', { name });
      if (status === 201) names.push(name);
      else refused.push(`${status} ${JSON.stringify(body)}`);
      await sleep(100);
    }
    return { names, refused };
  };
  const done = work();
  return {
    stop: () => {
      isOver = true;
      return done;
    },
  };
};

type Entries = { readonly data: readonly { readonly resource: string }[]; readonly next: string | null };

const audited = async (tenant: HttpClient): Promise<ReadonlySet<string>> => {
  const resources = new Set<string>();
  for (let cursor: string | null = ''; cursor !== null; ) {
    const page: Reply<Entries> = await tenant.get<Entries>(`/v1/audit?action=model-created&limit=100${cursor && `&cursor=${cursor}`}`);
    const { data, next } = bodyOf(page, 200);
    for (const { resource } of data) resources.add(resource);
    cursor = next;
  }
  return resources;
};

/** `true` once the audit trail, which is made of events, holds each of these models. */
export const isAudited = async (tenant: HttpClient, names: readonly string[]): Promise<true | undefined> => {
  const resources = await audited(tenant);
  return names.every((name) => resources.has(`model/${name}`)) ? true : undefined;
};
