import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import type { HttpClient } from '../../tools/http-client.ts';
import { waitUntil } from '../../tools/wait-until.ts';
import { expectStatus } from './platform.ts';
import { claim, show } from './report.ts';

/** The name of the registered model, and of the endpoint that serves it. */
export const model = 'digits';
export const alias = 'champion';

type Version = { readonly version: string; readonly digest: string; readonly sizeBytes: number; readonly inputs: readonly Tensor[] };
type Tensor = { readonly name: string; readonly datatype: string; readonly shape: readonly number[] };
type Endpoint = { readonly state: string; readonly servingVersion: string | null; readonly reason?: string };

export const registerModel = async (client: HttpClient): Promise<void> => {
  const request = { name: model, description: 'Handwritten digits, 8 × 8 pixels' };
  expectStatus(await client.post('/v1/models', request), 201, 'Registering the model');
};

/** Uploads an ONNX file as the model's next version. */
export const registerVersion = async (client: HttpClient, file: string): Promise<string> => {
  const bytes = new Uint8Array(readFileSync(new URL(`../digits/${file}`, import.meta.url)));
  const sha256 = createHash('sha256').update(bytes);
  const headers = { 'content-digest': `sha-256=:${sha256.copy().digest('base64')}:` };
  const registered = await client.post<Version>(`/v1/models/${model}/versions`, bytes, headers);
  const { version, digest, sizeBytes, inputs } = expectStatus(registered, 201, `Uploading ${file}`);
  show(`version ${version}`, `${file}, ${sizeBytes.toLocaleString('en')} bytes`);
  show('digest', digest);
  show('input', inputs.map(({ name, datatype, shape }) => `${name} ${datatype} [${shape.join(', ')}]`).join('; '));
  claim('the platform stored the bytes that were sent', digest === `sha256:${sha256.digest('hex')}` && sizeBytes === bytes.length, digest);
  return version;
};

/** Points the alias to a version; the endpoint that follows it is made where there is none, and serves that version in the end. */
export const deploy = async (client: HttpClient, version: string): Promise<void> => {
  expectStatus(await client.put(`/v1/models/${model}/aliases/${alias}`, { version }), 200, `Assigning ${alias}`);
  const started = performance.now();
  if ((await client.get(`/v1/endpoints/${model}`)).status === 404)
    expectStatus(await client.put(`/v1/endpoints/${model}`, { model, alias }), 202, 'Requesting the deployment');
  const serving = await waitUntil(`version ${version} to serve`, () => settledAt(client, version), { withinMillis: 30_000 });
  show('deployed after', `${Math.round(performance.now() - started)} ms`);
  claim(`the endpoint follows "${alias}" and serves version ${version}`, serving.servingVersion === version, serving);
};

const settledAt = async (client: HttpClient, version: string): Promise<Endpoint | undefined> => {
  const endpoint = expectStatus(await client.get<Endpoint>(`/v1/endpoints/${model}`), 200, 'Reading the endpoint');
  return endpoint.state === 'failed' || (endpoint.state === 'ready' && endpoint.servingVersion === version) ? endpoint : undefined;
};
