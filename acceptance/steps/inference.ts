import assert from 'node:assert/strict';
import { readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { Given, Then, When } from '@cucumber/cucumber';
import type { HttpClient, Reply } from '../../tools/http-client.ts';
import { waitUntil } from '../../tools/wait-until.ts';
import { modelFile } from '../support/model-files.ts';
import { dataFolder } from '../support/platform.ts';
import { bodyOf, memberOf, type Scenario } from '../support/world.ts';

type Endpoint = { readonly state: string; readonly servingVersion: string | null; readonly reason?: string };

const endpointOf = async (client: HttpClient, name: string): Promise<Endpoint> => bodyOf(await client.get(`/v1/endpoints/${name}`), 200);

/** Waits until an endpoint has settled: on a version, or on a failure. */
const settled = (client: HttpClient, name: string, holds: (endpoint: Endpoint) => boolean): Promise<Endpoint> =>
  waitUntil(
    `the endpoint "${name}"`,
    async () => {
      const endpoint = await endpointOf(client, name);
      return holds(endpoint) ? endpoint : undefined;
    },
    { withinMillis: 10_000 },
  );

const serves = (version: string) => (endpoint: Endpoint) => endpoint.state === 'ready' && endpoint.servingVersion === version;

Given('{string} serves the model file {string} at {string}', async function (this: Scenario, tenant: string, file: string, name: string) {
  const client = this.as(tenant);
  bodyOf(await client.post('/v1/models', { name }), 201);
  const { version } = bodyOf<{ version: string }>(await client.post(`/v1/models/${name}/versions`, modelFile(file)), 201);
  bodyOf(await client.put(`/v1/endpoints/${name}`, { model: name, version }), 202);
  await settled(client, name, serves(version));
});

Given(
  'the endpoint {string} follows the alias {string} of {string}',
  async function (this: Scenario, endpoint: string, alias: string, model: string) {
    const { state } = bodyOf<Endpoint>(await this.client.put(`/v1/endpoints/${endpoint}`, { model, alias }), 202);
    assert.ok(['deploying', 'ready'].includes(state));
  },
);

When(
  'version {string} of {string} is deployed at {string}',
  async function (this: Scenario, version: string, model: string, endpoint: string) {
    await this.answered(this.client.put(`/v1/endpoints/${endpoint}`, { model, version }));
  },
);

const inferFrom = (client: HttpClient, endpoint: string, inputs: unknown): Promise<Reply> =>
  client.post(`/v2/models/${endpoint}/infer`, { inputs });

When(
  'the endpoint {string} infers from {word} {} {string}',
  async function (this: Scenario, endpoint: string, datatype: string, shape: string, data: string) {
    await this.answered(inferFrom(this.client, endpoint, [{ name: 'x', datatype, shape: JSON.parse(shape), data: JSON.parse(data) }]));
  },
);

When('the endpoint {string} infers from:', async function (this: Scenario, endpoint: string, body: string) {
  const bytes = new TextEncoder().encode(body);
  await this.answered(
    this.client.send('POST', `/v2/models/${endpoint}/infer`, { body: bytes, headers: { 'content-type': 'application/json' } }),
  );
});

When(
  'the endpoint {string} infers from {int} row(s), {int} time(s)',
  async function (this: Scenario, endpoint: string, rows: number, times: number) {
    const input = { name: 'x', datatype: 'FP32', shape: [rows, 2], data: Array.from({ length: rows * 2 }, (_, index) => index) };
    for (let time = 0; time < times; time++) bodyOf(await inferFrom(this.client, endpoint, [input]), 200);
  },
);

When('the endpoint {string} infers from more than {int} MiB', async function (this: Scenario, endpoint: string, size: number) {
  const bytes = new Uint8Array(size * 1024 * 1024 + 1).fill(0x20);
  await this.answered(
    this.client.send('POST', `/v2/models/${endpoint}/infer`, { body: bytes, headers: { 'content-type': 'application/json' } }),
  );
});

When(
  'the endpoint {string} runs for ever while {string} of {string} goes on',
  async function (this: Scenario, stuck: string, other: string, tenant: string) {
    const endless = inferFrom(this.client, stuck, [{ name: 'x', datatype: 'FP32', shape: [1, 1], data: [1] }]);
    let answered = false;
    const ended = endless.finally(() => {
      answered = true;
    });
    const slowest = await answersMeanwhile(this.as(tenant), other, () => answered);
    this.notes.set('slowest meanwhile', slowest);
    await this.answered(ended);
  },
);

/** Asks another endpoint again and again; gives back how long its slowest answer took, in milliseconds. */
const answersMeanwhile = async (client: HttpClient, endpoint: string, over: () => boolean): Promise<number> => {
  let slowest = 0;
  while (!over()) {
    const started = performance.now();
    bodyOf(await inferFrom(client, endpoint, [{ name: 'x', datatype: 'FP32', shape: [1, 2], data: [1, 2] }]), 200);
    slowest = Math.max(slowest, performance.now() - started);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  return slowest;
};

/** The only way to make a version that was validated fail where it is loaded: its bytes are gone from the disk. No other scenario may use the file. */
Given('the bytes of the model file {string} are lost', function (this: Scenario, file: string) {
  const wanted = modelFile(file);
  const files = readdirSync(dataFolder(), { recursive: true, encoding: 'utf8' }).map((path) => join(dataFolder(), path));
  const sized = files.filter((path) => statSync(path, { throwIfNoEntry: false })?.size === wanted.length);
  const lost = sized.filter((path) => statSync(path).isFile() && readFileSync(path).equals(wanted));
  assert.equal(lost.length, 1, 'the bytes were not found on the disk');
  for (const path of lost) rmSync(path);
});

Then('{string} is not the slower for it', function (this: Scenario, _other: string) {
  const slowest = this.noted<number>('slowest meanwhile');
  assert.ok(slowest > 0 && slowest < 5000, `${slowest} ms`);
});

Then('the output {string} is {string}', function (this: Scenario, name: string, data: string) {
  const { outputs } = bodyOf<{ outputs: { name: string; data: unknown }[] }>(this.reply, 200);
  assert.deepEqual(outputs.find((output) => output.name === name)?.data, JSON.parse(data));
});

Then('the answer says literally {string}', async function (this: Scenario, text: string) {
  assert.ok(JSON.stringify(this.reply.body).includes(text), JSON.stringify(this.reply.body));
});

Then('{string} serves version {string}', async function (this: Scenario, endpoint: string, version: string) {
  await settled(this.client, endpoint, serves(version));
});

Then(
  'the deployment at {string} fails with a reason, and version {string} goes on serving',
  async function (this: Scenario, endpoint: string, version: string) {
    const failed = await settled(this.client, endpoint, ({ state }) => state === 'failed');
    assert.equal(failed.servingVersion, version);
    assert.ok((failed.reason ?? '').length > 0, 'there is a reason');
  },
);

Then('the answer is of version {string}', function (this: Scenario, version: string) {
  assert.equal(memberOf(bodyOf(this.reply, 200), 'model_version'), version);
});
