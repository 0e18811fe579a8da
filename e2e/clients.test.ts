import { spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type HttpClient, httpClient } from '../tools/http-client.ts';
import { projectRoot, type ServerProcess, startServer } from '../tools/server-process.ts';
import { createTenant, serveModel } from './tenant.ts';

const adminKey = 'hyb_platform_clients_3c1d';
const environment = join(projectRoot, '.cache', 'clients');
const file = (path: string) => new Uint8Array(readFileSync(join(projectRoot, path)));
const heldOut: { readonly images: readonly number[][]; readonly labels: readonly number[] } = JSON.parse(
  readFileSync(join(projectRoot, 'examples/digits/held-out.json'), 'utf8'),
);
const images = heldOut.images.slice(0, 50);

let server: ServerProcess;
let dataFolder: string;
let tenant: HttpClient;

beforeAll(async () => {
  const installed = spawnSync(process.execPath, ['tools/python.mjs', 'e2e/clients/requirements.txt', environment], {
    cwd: projectRoot,
    encoding: 'utf8',
  });
  expect(installed.status, installed.stderr).toBe(0);
  dataFolder = mkdtempSync(join(tmpdir(), 'hybrid-clients-'));
  server = await startServer({ dataFolder, env: { HYBRID_ADMIN_KEY: adminKey } });
  tenant = await createTenant(httpClient(server.url, adminKey), 'acme');
  await serveModel(tenant, 'digits', file('examples/digits/v2.onnx'));
  await serveModel(tenant, 'exact', file('adapters/conformance/models/identity-int64.onnx'));
  await serveModel(tenant, 'texts', file('adapters/conformance/models/identity-string.onnx'));
  await serveModel(tenant, 'flags', file('adapters/conformance/models/identity-bool.onnx'));
});

afterAll(async () => {
  await server?.stop();
  if (dataFolder) rmSync(dataFolder, { recursive: true, force: true });
});

/** Runs a client's script; it gets the images on standard input and prints what it saw. */
const runClient = (script: string): Promise<unknown> =>
  new Promise((resolve, reject) => {
    const env = { ...process.env, PLATFORM_URL: server.url, PLATFORM_KEY: tenant.key };
    const child = spawn(join(environment, 'bin', 'python'), [join('e2e/clients', script)], {
      cwd: projectRoot,
      env,
      stdio: ['pipe', 'pipe', 'inherit'],
    });
    let output = '';
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      output += text;
    });
    child.once('error', reject);
    child.once('close', (code) => {
      expect(code, `${script} failed`).toBe(0);
      resolve(JSON.parse(output));
    });
    child.stdin.end(JSON.stringify({ images }));
  });

const right = (labels: readonly number[]): number =>
  labels.filter((label, index) => label === heldOut.labels[index]).length / labels.length;

const common = {
  live: true,
  ready: true,
  model_ready: true,
  id: 'mine',
  exact: [9007199254740991, -9007199254740991],
  texts: ['one', 'zwei', 'drei ßß'],
  flags: [true, false, true],
};

describe('the client of Triton Inference Server', () => {
  it('sees the server, its models, their answers and their refusals', async () => {
    const seen = (await runClient('check_tritonclient.py')) as Record<string, unknown> & {
      labels: number[];
      unknown_model: { message: string };
    };
    expect(seen).toMatchObject({
      ...common,
      server: { name: 'hybrid-ai-platform', version: expect.any(String), extensions: [] },
      version_ready: true,
      unknown_ready: false,
      versioned: [seen.labels[0]],
      metadata: {
        name: 'digits',
        versions: ['1'],
        inputs: [{ name: 'image', datatype: 'FP32', shape: [-1, 64] }],
        outputs: [
          { name: 'label', datatype: 'INT64', shape: [-1] },
          { name: 'probabilities', datatype: 'FP32', shape: [-1, 10] },
        ],
      },
      unknown_model: { status: '404', message: expect.stringContaining('nothing') },
      wrong_shape: { status: '422', message: expect.stringContaining('image') },
      no_key: { status: '401', message: expect.stringContaining('API key') },
    });
    expect(seen.labels).toHaveLength(images.length);
    expect(right(seen.labels)).toBeGreaterThanOrEqual(0.9);
  });
});

describe('the client of the KServe SDK', () => {
  it('sees the server, its models, their answers and their refusals', async () => {
    const seen = (await runClient('check_kserve.py')) as Record<string, unknown> & { labels: number[] };
    expect(seen).toMatchObject({
      ...common,
      unknown_model: { status: 404, message: expect.stringContaining('nothing') },
      wrong_shape: { status: 422, message: expect.stringContaining('image') },
      no_key: { status: 401, message: expect.stringContaining('API key') },
    });
    expect(right(seen.labels)).toBeGreaterThanOrEqual(0.9);
  });
});
