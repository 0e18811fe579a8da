import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type HttpClient, httpClient } from '../tools/http-client.ts';
import { type ServerProcess, startServer } from '../tools/server-process.ts';
import { waitUntil } from '../tools/wait-until.ts';
import { createTenant, serveModel } from './tenant.ts';

/** Blocks of 512 bytes: files of the server may grow to 8 MB. */
const fileLimit = 16_384;
const adminKey = 'the-key-of-the-full-disk-test';
const request = { inputs: [{ name: 'x', shape: [1, 2], datatype: 'FP32', data: [1, 2] }] };
const description = 'x'.repeat(900);

describe('a platform whose disk is full', () => {
  const folder = mkdtempSync(join(tmpdir(), 'full-disk-'));
  let server: ServerProcess;
  let acme: HttpClient;
  let made = 0;
  const createModel = () => acme.post<{ code?: string }>('/v1/models', { name: `model-${made++}`, description });
  const infer = () => acme.post<{ outputs: { data: number[] }[] }>('/v2/models/tiny/infer', request);

  beforeAll(async () => {
    const limited = `ulimit -S -f ${fileLimit}; exec "$0" dist/local.mjs`;
    server = await startServer({
      dataFolder: join(folder, 'data'),
      env: { HYBRID_ADMIN_KEY: adminKey },
      command: ['sh', '-c', limited, process.execPath],
    });
    acme = await createTenant(httpClient(server.url, adminKey), 'acme');
    await serveModel(acme, 'tiny', new Uint8Array(readFileSync('adapters/conformance/models/add-one.onnx')));
    expect((await infer()).status).toBe(200);
  });
  afterAll(async () => {
    await server.stop();
    rmSync(folder, { recursive: true });
  });

  it('answers a write 507, with the reason', async () => {
    const refused = await waitUntil(
      'a write to be refused',
      async () => (await Promise.all(Array.from({ length: 32 }, createModel))).find(({ status }) => status !== 201),
      { withinMillis: 60_000, everyMillis: 0 },
    );
    expect([refused.status, refused.body.code]).toEqual([507, 'storage-full']);
  });

  it('goes on reading and answering inferences', async () => {
    expect((await acme.get('/v1/models/tiny')).status).toBe(200);
    expect((await acme.get('/v1/models?limit=5')).status).toBe(200);
    expect((await infer()).body.outputs[0]?.data).toEqual([2, 3]);
  });

  it('writes again once there is room, and bills what it has answered meanwhile', async () => {
    execFileSync('prlimit', ['--pid', String(server.pid), '--fsize=unlimited']);
    expect((await createModel()).status).toBe(201);
    const billed = async () => {
      const { body } = await acme.get<{ data: { meter: string; value: string }[] }>('/v1/usage?granularity=day');
      return body.data.find(({ meter, value }) => meter === 'inference.requests' && value === '2');
    };
    await expect(waitUntil('both inferences to be metered', billed, { withinMillis: 10_000 })).resolves.toBeDefined();
  });
});
