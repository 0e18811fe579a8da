import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { type DataTable, Given, Then, When } from '@cucumber/cucumber';
import { headArrived, openRequest } from '../../tools/raw-request.ts';
import { modelFile } from '../support/model-files.ts';
import { bodyOf, type Scenario } from '../support/world.ts';

const digestOf = (bytes: Uint8Array, algorithm: string): string => createHash(algorithm.replace('-', '')).update(bytes).digest('base64');
const octets = { 'content-type': 'application/octet-stream', expect: '100-continue' } as const;

export const upload = (world: Scenario, model: string, file: string, headers: Record<string, string> = {}) =>
  world.client.post(`/v1/models/${model}/versions`, modelFile(file), headers);

const assign = (world: Scenario, alias: string, model: string, version: string, headers: Record<string, string> = {}) =>
  world.client.put(`/v1/models/${model}/aliases/${alias}`, { version }, headers);

Given('a model {string}', async function (this: Scenario, name: string) {
  bodyOf(await this.client.post('/v1/models', { name }), 201);
});

Given('a model {string} with the versions {string}', async function (this: Scenario, name: string, files: string) {
  bodyOf(await this.client.post('/v1/models', { name }), 201);
  for (const file of files.split(', ')) bodyOf(await upload(this, name, file), 201);
});

Given(
  'the alias {string} of {string} points to version {string}',
  async function (this: Scenario, alias: string, model: string, version: string) {
    bodyOf(await assign(this, alias, model, version), 200);
  },
);

When('the model file {string} is uploaded to {string}', async function (this: Scenario, file: string, model: string) {
  await this.answered(upload(this, model, file));
});

When(
  'the model file {string} is uploaded to {string} under the Idempotency-Key {string}',
  async function (this: Scenario, file: string, model: string, key: string) {
    await this.answered(upload(this, model, file, { 'idempotency-key': key }));
  },
);

When(
  'the model file {string} is uploaded to {string} with its {string} digest',
  async function (this: Scenario, file: string, model: string, algorithm: string) {
    const digest = digestOf(modelFile(file), algorithm);
    await this.answered(upload(this, model, file, { 'content-digest': `${algorithm}=:${digest}:` }));
  },
);

When(
  'the model file {string} is uploaded to {string} with the digest of another',
  async function (this: Scenario, file: string, model: string) {
    const digest = digestOf(new Uint8Array(3), 'sha-256');
    await this.answered(upload(this, model, file, { 'content-digest': `sha-256=:${digest}:` }));
  },
);

When('an upload to {string} is begun', async function (this: Scenario, model: string) {
  await this.answered(this.client.send('POST', `/v1/models/${model}/uploads`));
  const { id, url, headers } = bodyOf<{ id: string; url: string; headers: Record<string, string> }>(this.reply, 201);
  this.notes.set('upload', { id, url, headers });
});

When('the model file {string} is put to the URL of the upload', async function (this: Scenario, file: string) {
  const { url, headers } = this.noted<{ url: string; headers: Record<string, string> }>('upload');
  const { ok, status } = await fetch(url, { method: 'PUT', headers, body: modelFile(file) });
  assert.ok(ok, `the object store answered ${status}`);
});

const registerUpload = (world: Scenario, model: string, body: object) =>
  world.answered(world.client.post(`/v1/models/${model}/uploads/${world.noted<{ id: string }>('upload').id}/version`, body));

When('the upload is made a version of {string}', async function (this: Scenario, model: string) {
  await registerUpload(this, model, {});
});

When(
  'the upload is made a version of {string} with the digest of the model file {string}',
  async function (this: Scenario, model: string, file: string) {
    const digest = Buffer.from(digestOf(modelFile(file), 'sha-256'), 'base64').toString('hex');
    await registerUpload(this, model, { digest: `sha256:${digest}` });
  },
);

When('an upload to {string} breaks off half-way', async function (this: Scenario, model: string) {
  const bytes = modelFile('add-one');
  const headers = { ...octets, 'content-length': String(bytes.length) };
  const { request, answer } = openRequest(this.client, { method: 'POST', path: `/v1/models/${model}/versions`, headers });
  await headArrived(request);
  await new Promise((resolve) => request.write(bytes.subarray(0, bytes.length / 2), resolve));
  request.destroy();
  await answer;
});

When('an upload to {string} is sent again while it is in progress', async function (this: Scenario, model: string) {
  const bytes = modelFile('add-one');
  const key = { 'idempotency-key': `upload-${this.suffix}` };
  const headers = { ...octets, ...key, 'content-length': String(bytes.length) };
  const { request, answer } = openRequest(this.client, { method: 'POST', path: `/v1/models/${model}/versions`, headers });
  await headArrived(request);
  await this.answered(upload(this, model, 'add-one', key));
  request.end(bytes);
  const first = await answer;
  assert.equal(first?.status, 201);
});

When('version {string} of {string} is downloaded', async function (this: Scenario, version: string, model: string) {
  const { status, headers, bytes } = await this.client.download(`/v1/models/${model}/versions/${version}/artifact`);
  this.notes.set('downloaded', bytes);
  this.replies = [...this.replies, { status, headers, body: '' }];
});

When(
  'the bytes {int} to {int} of version {string} of {string} are downloaded',
  async function (this: Scenario, from: number, to: number, version: string, model: string) {
    const headers = { range: `bytes=${from}-${to}` };
    await this.answered(this.client.send('GET', `/v1/models/${model}/versions/${version}/artifact`, { headers }));
  },
);

When(
  'the alias {string} of {string} is assigned version {string}',
  async function (this: Scenario, alias: string, model: string, version: string) {
    await this.answered(assign(this, alias, model, version));
  },
);

When(
  'the alias {string} of {string} is assigned version {string} if it is as noted',
  async function (this: Scenario, alias: string, model: string, version: string) {
    await this.answered(assign(this, alias, model, version, { 'if-match': this.noted<string>('etag') }));
  },
);

Given('the state of the alias {string} of {string} is noted', async function (this: Scenario, alias: string, model: string) {
  const reply = await this.client.get(`/v1/models/${model}/aliases/${alias}`);
  bodyOf(reply, 200);
  this.notes.set('etag', reply.headers.get('etag'));
});

Given('the time is noted', function (this: Scenario) {
  this.notes.set('time', new Date().toISOString());
});

/** Two writers who both read the alias as it is, at once. */
const race = async (world: Scenario, alias: string, model: string): Promise<readonly number[]> => {
  const etag = (await world.client.get(`/v1/models/${model}/aliases/${alias}`)).headers.get('etag') ?? '';
  const current = bodyOf<{ version: string }>(await world.client.get(`/v1/models/${model}/aliases/${alias}`), 200).version;
  const others = ['1', '2', '3'].filter((version) => version !== current);
  const replies = await Promise.all(others.map((version) => assign(world, alias, model, version, { 'if-match': etag })));
  return replies.map(({ status }) => status).toSorted((a, b) => a - b);
};

Then(
  'of two writers at once exactly one moves the alias {string} of {string}, {int} times',
  async function (this: Scenario, alias: string, model: string, times: number) {
    for (let time = 0; time < times; time++) assert.deepEqual(await race(this, alias, model), [200, 412]);
  },
);

Then(
  'writers of the aliases {string} and {string} of {string} never hinder each other, {int} times',
  async function (this: Scenario, one: string, other: string, model: string, times: number) {
    for (let time = 0; time < times; time++) {
      const version = String((time % 3) + 1);
      const replies = await Promise.all([one, other].map((alias) => assign(this, alias, model, version)));
      assert.deepEqual(
        replies.map(({ status }) => status),
        [200, 200],
      );
    }
  },
);

Then('the history of {string} is:', async function (this: Scenario, model: string, table: DataTable) {
  type Entry = { type: string; alias: string; version: string; at: string; by: string };
  const { data } = bodyOf<{ data: Entry[] }>(await this.client.get(`/v1/models/${model}/history`), 200);
  assert.deepEqual(
    data.map(({ type, alias, version }) => [type, alias, version]),
    table.raw(),
  );
  for (const { by, at } of data) assert.ok(by.startsWith('key:') && !Number.isNaN(Date.parse(at)), `${by} ${at}`);
});

Then('the aliases of {string} at the noted time were {string}', async function (this: Scenario, model: string, aliases: string) {
  const reply = await this.client.get(`/v1/models/${model}/history?at=${this.noted<string>('time')}`);
  assert.deepEqual(bodyOf<{ aliases: unknown }>(reply, 200).aliases, JSON.parse(aliases));
});

Then('the answer names the digest and size of the model file {string}', function (this: Scenario, file: string) {
  const bytes = modelFile(file);
  const body = bodyOf<{ digest: string; sizeBytes: number }>(this.reply, 201);
  assert.equal(body.digest, `sha256:${createHash('sha256').update(bytes).digest('hex')}`);
  assert.equal(body.sizeBytes, bytes.length);
});

Then('the bytes are those of the model file {string}', function (this: Scenario, file: string) {
  assert.deepEqual(this.noted<Uint8Array>('downloaded'), modelFile(file));
});

Then('{string} has the versions {string}', async function (this: Scenario, model: string, versions: string) {
  const { data } = bodyOf<{ data: { version: string }[] }>(await this.client.get(`/v1/models/${model}/versions`), 200);
  assert.deepEqual(data.map(({ version }) => version).join(', '), versions);
});

Then('each of these is not found:', async function (this: Scenario, table: DataTable) {
  const body = { inputs: [{ name: 'x', datatype: 'FP32', shape: [1, 2], data: [1, 2] }] };
  for (const [method = '', path = ''] of table.raw()) {
    const sending = method === 'POST' || method === 'PUT' ? { body } : {};
    const { status } = await this.client.send(method, this.filled(path), sending);
    assert.equal(status, 404, `${method} ${path} answered ${status}`);
  }
});
