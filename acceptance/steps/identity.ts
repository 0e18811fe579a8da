import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { Given, Then, When } from '@cucumber/cucumber';
import type { HttpClient } from '../../tools/http-client.ts';
import { patienceFactor, waitUntil } from '../../tools/wait-until.ts';
import { caller } from '../support/platform.ts';
import { bodyOf, type Scenario } from '../support/world.ts';

type CreatedKey = { readonly id: string; readonly key: string; readonly prefix: string };

const createKey = async (by: HttpClient, request: object): Promise<CreatedKey> => bodyOf(await by.post('/v1/api-keys', request), 201);

Given('a tenant {string}', async function (this: Scenario, name: string) {
  const id = `${name}-${this.suffix}`;
  bodyOf(await this.admin.post('/v1/tenants', { id, name }), 201);
  const { key } = await createKey(this.admin, { name: 'administrator', roles: ['admin'], tenantId: id });
  this.tenants.set(name, id);
  this.callers.set(name, caller(key));
  if (this.speaker === 'nobody') this.speaker = name;
});

Given('{string} has a key {string} with the role {string}', async function (this: Scenario, tenant: string, name: string, role: string) {
  const { id, key } = await createKey(this.as(tenant), { name, roles: [role] });
  this.callers.set(name, caller(key));
  this.notes.set(`id of ${name}`, id);
});

Given(
  '{string} has a key {string} that expires in {int} second(s)',
  async function (this: Scenario, tenant: string, name: string, seconds: number) {
    // It is used before: where all takes longer, so may that.
    const expiresAt = new Date(Date.now() + seconds * 1000 * Math.min(patienceFactor, 5)).toISOString();
    this.callers.set(name, caller((await createKey(this.as(tenant), { name, roles: ['viewer'], expiresAt })).key));
    this.notes.set(`expiry of ${name}`, expiresAt);
  },
);

Given('a caller {string} with the key {string}', function (this: Scenario, name: string, key: string) {
  this.callers.set(name, caller(this.filled(key)));
});

Given('a caller {string} with the key of {string} and another secret', function (this: Scenario, name: string, known: string) {
  const key = this.as(known).key ?? '';
  this.callers.set(name, caller(`${key.slice(0, -4)}${key.endsWith('0000') ? '1111' : '0000'}`));
});

When('{string} creates a key {string}', async function (this: Scenario, who: string, name: string) {
  await this.answered(this.as(who).post('/v1/api-keys', { name, roles: ['viewer'] }));
});

When('{string} creates a key {string} under an Idempotency-Key', async function (this: Scenario, who: string, name: string) {
  const headers = { 'idempotency-key': this.notes.has('idempotency key') ? this.noted<string>('idempotency key') : randomUUID() };
  this.notes.set('idempotency key', headers['idempotency-key']);
  await this.answered(this.as(who).post('/v1/api-keys', { name, roles: ['viewer'] }, headers));
});

When('{string} revokes the key {string}', async function (this: Scenario, who: string, name: string) {
  bodyOf(await this.as(who).delete(`/v1/api-keys/${this.noted<string>(`id of ${name}`)}`), 204);
});

When('the platform suspends {string}', async function (this: Scenario, tenant: string) {
  bodyOf(await this.admin.post(`/v1/tenants/${this.tenantId(tenant)}/suspend`), 200);
});

When('the platform resumes {string}', async function (this: Scenario, tenant: string) {
  bodyOf(await this.admin.post(`/v1/tenants/${this.tenantId(tenant)}/resume`), 200);
});

Then('{string} is refused with {int} from the moment that it expires', async function (this: Scenario, who: string, status: number) {
  const expiresAt = Date.parse(this.noted<string>(`expiry of ${who}`));
  bodyOf(await this.as(who).get('/v1/me'), 200);
  const refused = async () => ((await this.as(who).get('/v1/me')).status === status ? Date.now() : undefined);
  const at = await waitUntil('the key to expire', refused, { withinMillis: 5000, everyMillis: 10 });
  assert.ok(at >= expiresAt && at - expiresAt < 500 * patienceFactor, `refused ${at - expiresAt} ms after it expired`);
});

Then(
  '{string} can no longer infer at {string} within {int} seconds',
  async function (this: Scenario, who: string, endpoint: string, seconds: number) {
    const request = { inputs: [{ name: 'x', datatype: 'FP32', shape: [1, 2], data: [1, 2] }] };
    const refused = async () => {
      const reply = await this.as(who).post(`/v2/models/${endpoint}/infer`, request);
      return reply.status === 200 ? undefined : reply;
    };
    bodyOf(await waitUntil('inference to stop', refused, { withinMillis: seconds * 1000 }), 403);
  },
);

Then('the first answer shows the key and the second does not', function (this: Scenario) {
  const [first, second] = this.replies.slice(-2).map((reply) => bodyOf<Record<string, unknown>>(reply, 201));
  const { key, ...rest } = first ?? {};
  assert.match(String(key), /^hyb_/);
  assert.deepEqual(second, rest);
});

Then('the key {string} is listed once and its text nowhere', async function (this: Scenario, name: string) {
  const { data } = bodyOf<{ data: { name: string; prefix: string }[] }>(await this.client.get('/v1/api-keys'), 200);
  const listed = data.filter((key) => key.name === name);
  assert.equal(listed.length, 1, JSON.stringify(data));
  assert.ok(!('key' in (listed[0] ?? {})) && !('secretHash' in (listed[0] ?? {})));
  assert.match(listed[0]?.prefix ?? '', /^hyb_[a-z0-9-]+_[0-9A-Z]+$/);
});
