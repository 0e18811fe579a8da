import { readdirSync, readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Rejected } from '../../domain/kernel/failure.ts';
import type { ModelRef } from '../../domain/kernel/model-host.ts';
import { askedTrials, modelTrials } from './model-trials.ts';
import { type Answer, answeringClient } from './test-answers.ts';

const arn = 'arn:aws:lambda:eu-central-1:123456789012:function:models-trials:live';
const artifacts = { presign: async (method: string, key: string) => `https://store.example/${key}?method=${method}` };
const asked = (answer: Answer) => {
  const { client, sent } = answeringClient([answer]);
  return { host: askedTrials({ client, functionArn: arn, artifacts }), sent };
};
const erred = (errorType: string, errorMessage: string): Answer => ({
  status: 200,
  body: { errorType, errorMessage },
  headers: { 'x-amz-function-error': 'Unhandled' },
});
const signature = { inputs: [{ name: 'x', datatype: 'FP32', shape: [-1, 2] }], outputs: [] } as const;
const ref = (artifact: string, sizeBytes: number): ModelRef => ({ artifact, sizeBytes, signature, name: 'e', version: '1' });

describe('a function that has models tried', () => {
  it('hands over a URL that reads the one artifact, and gets what was found out', async () => {
    const { host, sent } = asked({ status: 200, body: signature });
    expect(await host.inspect('uploads/acme/1')).toEqual(signature);
    expect(sent.map(({ url, body }) => [url, body])).toEqual([
      [
        `https://lambda.eu-central-1.amazonaws.com/2015-03-31/functions/${encodeURIComponent(arn)}/invocations`,
        { url: 'https://store.example/uploads/acme/1?method=GET', artifact: 'uploads/acme/1' },
      ],
    ]);
  });
  it('is told that a model is none where it takes the function down: trying it again would do the same', async () => {
    for (const [type, message] of [
      ['Runtime.OutOfMemory', 'RequestId: 1 Error: Runtime exited with error: signal: killed'],
      ['Runtime.ExitError', 'RequestId: 1 Error: Runtime exited with error: exit status 1'],
    ] as const)
      expect(await asked(erred(type, message)).host.inspect('a')).toMatchObject({ failure: 'invalid', code: 'not-an-onnx-model' });
  });
  it('is told that a model is too slow where it is not loaded in time', async () => {
    for (const [type, message] of [
      ['Rejected', 'time-limit-exceeded: This takes longer than one call may take'],
      ['Sandbox.Timedout', 'RequestId: 1 Error: Task timed out after 25.00 seconds'],
    ] as const)
      expect(await asked(erred(type, message)).host.inspect('a')).toMatchObject({ failure: 'invalid', code: 'model-too-slow-to-load' });
  });
  it('may ask again where something else went wrong', async () => {
    const outcome = await asked(erred('Rejected', 'artifact-unavailable: (503)'))
      .host.inspect('a')
      .catch((error: unknown) => error);
    expect((outcome as Rejected).failure).toMatchObject({ failure: 'unavailable', code: 'model-not-tried' });
  });
  it('learns why a model cannot be loaded', async () => {
    const { host } = asked({ status: 200, body: { failure: 'too-large', code: 'artifact-too-large', detail: 'No room.' } });
    expect(await host.load(ref('a', 1))).toEqual({ failure: 'unavailable', code: 'model-load-failed', detail: 'No room.' });
    expect(await asked({ status: 200, body: null }).host.load(ref('a', 1))).toBeUndefined();
  });
  it('believes nothing that could not be so: a model may have taken over what tries it', async () => {
    for (const body of [null, 'no JSON', { inputs: 1 }, { inputs: [], outputs: [{ name: 'x' }] }, { failure: 'x', code: 'y', detail: 'z' }])
      expect(await asked({ status: 200, body }).host.inspect('a')).toMatchObject({ failure: 'invalid', code: 'not-an-onnx-model' });
    for (const body of [{}, 'no JSON', { failure: 'x', code: 'y', detail: {} }])
      expect(await asked({ status: 200, body }).host.load(ref('a', 1))).toMatchObject({ code: 'model-load-failed' });
  });
});

describe('a trial', () => {
  const folder = fileURLToPath(new URL('../conformance/models/', import.meta.url));
  const server = createServer(({ url }, response) => {
    try {
      response.end(readFileSync(`${folder}${url}`));
    } catch {
      response.writeHead(404).end();
    }
  });
  let base = '';
  beforeAll(async () => {
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  });
  afterAll(() => server.close());
  const left = () => readdirSync(tmpdir()).filter((name) => name.startsWith('trial-'));
  const trying = modelTrials({ environment: {} });
  const model = 'add-one.onnx';

  it('tells the signature of what lies behind the URL, and leaves nothing behind', async () => {
    const before = left();
    expect(await trying({ url: `${base}/${model}`, artifact: 'uploads/acme/1' })).toMatchObject({ inputs: [{}] });
    expect(left()).toEqual(before);
  });
  it('says that nothing lies there', async () =>
    expect(await trying({ url: `${base}/none`, artifact: 'a' })).toMatchObject({ code: 'artifact-not-found' }));
  it('loads as what serves would: nothing that is larger than it keeps loaded', async () => {
    const sizeBytes = readFileSync(`${folder}${model}`).length;
    expect(await trying({ url: `${base}/${model}`, artifact: 'a', model: ref('a', sizeBytes) })).toBeNull();
    const small = modelTrials({ environment: { AWS_LAMBDA_FUNCTION_MEMORY_SIZE: '512' } });
    expect(await small({ url: `${base}/${model}`, artifact: 'a', model: ref('a', 2 ** 29) })).toMatchObject({ code: 'model-load-failed' });
  });
});
