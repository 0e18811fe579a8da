import assert from 'node:assert/strict';
import { type DataTable, Given, Then, When } from '@cucumber/cucumber';
import { bodyOf, memberOf, type Scenario } from '../support/world.ts';

Given('the caller is {string}', function (this: Scenario, name: string) {
  this.as(name);
  this.speaker = name;
});

When('{string} reads {string}', async function (this: Scenario, who: string, path: string) {
  await this.answered(this.as(who).get(this.filled(path)));
});

When('the caller reads {string}', async function (this: Scenario, path: string) {
  await this.answered(this.client.get(this.filled(path)));
});

When('the caller sends {string} to {string}', async function (this: Scenario, method: string, path: string) {
  await this.answered(this.client.send(method, this.filled(path)));
});

When('the caller sends {string} to {string} with:', async function (this: Scenario, method: string, path: string, body: string) {
  await this.answered(this.client.send(method, this.filled(path), { body: JSON.parse(this.filled(body)) }));
});

When(
  'the caller sends {string} to {string} as {string}:',
  async function (this: Scenario, method: string, path: string, type: string, body: string) {
    const bytes = new TextEncoder().encode(body);
    await this.answered(this.client.send(method, this.filled(path), { body: bytes, headers: { 'content-type': type } }));
  },
);

When(
  'the caller sends {int} levels of JSON to {string} with {string}',
  async function (this: Scenario, levels: number, path: string, method: string) {
    const bytes = new TextEncoder().encode('['.repeat(levels) + ']'.repeat(levels));
    await this.answered(this.client.send(method, this.filled(path), { body: bytes, headers: { 'content-type': 'application/json' } }));
  },
);

When(
  'the caller sends more than {int} MiB of JSON to {string} with {string}',
  async function (this: Scenario, size: number, path: string, method: string) {
    const bytes = new TextEncoder().encode(JSON.stringify({ name: 'x'.repeat(size * 1024 * 1024) }));
    await this.answered(this.client.send(method, this.filled(path), { body: bytes, headers: { 'content-type': 'application/json' } }));
  },
);

Then('the answer is {int}', function (this: Scenario, status: number) {
  bodyOf(this.reply, status);
});

Then('it is refused with {int} {string}', function (this: Scenario, status: number, code: string) {
  const problem = bodyOf<Record<string, unknown>>(this.reply, status);
  assert.equal(problem.code, code);
  assert.equal(problem.status, status);
  for (const member of ['type', 'title', 'detail']) assert.equal(typeof problem[member], 'string', `a problem has a ${member}`);
  assert.match(this.reply.headers.get('content-type') ?? '', /^application\/problem\+json/);
});

Then('inference is refused with {int}', function (this: Scenario, status: number) {
  const body = bodyOf<Record<string, unknown>>(this.reply, status);
  assert.deepEqual(Object.keys(body), ['error']);
  assert.ok(String(body.error).length > 0);
});

Then('the answer has:', function (this: Scenario, table: DataTable) {
  for (const [path = '', expected = ''] of table.raw()) {
    const found = memberOf(this.reply.body, path);
    const wanted = this.filled(expected);
    const shown = typeof found === 'string' ? found : JSON.stringify(found);
    assert.equal(shown, wanted, `${path} of ${JSON.stringify(this.reply.body).slice(0, 1000)}`);
  }
});

Then('the answer has no {string}', function (this: Scenario, path: string) {
  assert.equal(memberOf(this.reply.body, path), undefined);
});

Then('the header {string} is {string}', function (this: Scenario, name: string, value: string) {
  assert.equal(this.reply.headers.get(name), value);
});

Then('the list is empty', function (this: Scenario) {
  assert.deepEqual(bodyOf<{ data: unknown[] }>(this.reply, 200).data, []);
});

Then('the list has {int} entry/entries', function (this: Scenario, count: number) {
  assert.equal(bodyOf<{ data: unknown[] }>(this.reply, 200).data.length, count, JSON.stringify(this.reply.body).slice(0, 1000));
});

Then('the same was answered twice', function (this: Scenario) {
  const [first, second] = this.replies.slice(-2);
  assert.deepEqual(second?.body, first?.body);
  assert.equal(second?.status, first?.status);
});

Given('the member {string} of the answer is noted as {string}', function (this: Scenario, path: string, name: string) {
  this.notes.set(name, memberOf(this.reply.body, path));
});
