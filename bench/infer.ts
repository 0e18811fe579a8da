import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { startServer } from './process.ts';
import { median, report } from './result.ts';

// An inference with a tiny model, everything on, against the bare floor: one thread of wrk, rounds in turn, the median of their ratios.
const run = promisify(execFile);
const folder = await mkdtemp(join(tmpdir(), 'bench-infer-'));
const model = 'adapters/conformance/models/add-one.onnx';
const adminKey = `hyb_platform_bench_${'0'.repeat(48)}`;
const seconds = Number(process.env.BENCH_SECONDS ?? '3');
const rounds = Number(process.env.BENCH_ROUNDS ?? '5');

const call = async (
  url: string,
  key: string,
  method: string,
  path: string,
  body?: unknown,
  type = 'application/json',
): Promise<{ readonly [name: string]: unknown }> => {
  const response = await fetch(`${url}${path}`, {
    method,
    headers: { authorization: `Bearer ${key}`, ...(body === undefined ? {} : { 'content-type': type }) },
    ...(body === undefined ? {} : { body: body instanceof Uint8Array ? (body as BodyInit) : JSON.stringify(body) }),
  });
  const text = await response.text();
  if (!response.ok) throw new TypeError(`${method} ${path}: ${response.status} ${text}`);
  return text === '' ? {} : JSON.parse(text);
};

const deployTiny = async (url: string): Promise<string> => {
  await call(url, adminKey, 'POST', '/v1/tenants', { id: 'bench', name: 'Bench' });
  const { key } = await call(url, adminKey, 'POST', '/v1/api-keys', { name: 'bench', roles: ['admin'], tenantId: 'bench' });
  await call(url, key as string, 'POST', '/v1/models', { name: 'tiny' });
  await call(url, key as string, 'POST', '/v1/models/tiny/versions', new Uint8Array(await readFile(model)), 'application/octet-stream');
  await call(url, key as string, 'PUT', '/v1/endpoints/tiny', { model: 'tiny', version: '1' });
  while ((await call(url, key as string, 'GET', '/v1/endpoints/tiny')).state !== 'ready')
    await new Promise((resolve) => setTimeout(resolve, 20));
  return key as string;
};

const script = async (name: string, key: string | undefined): Promise<string> => {
  const file = join(folder, `${name}.lua`);
  const body = JSON.stringify({ id: '1', inputs: [{ name: 'x', shape: [1, 2], datatype: 'FP32', data: [1.5, 2.5] }] });
  const authorization = key === undefined ? '' : `wrk.headers["authorization"] = "Bearer ${key}"\n`;
  const failures =
    'done = function(summary) io.write("errors=" .. (summary.errors.status + summary.errors.connect + summary.errors.read + summary.errors.timeout) .. "\\n") end';
  await writeFile(
    file,
    `wrk.method = "POST"\nwrk.headers["content-type"] = "application/json"\n${authorization}wrk.body = '${body}'\n${failures}\n`,
  );
  return file;
};

const load = async (url: string, lua: string, connections: number): Promise<number> => {
  const { stdout } = await run('wrk', ['-t1', `-c${connections}`, `-d${seconds}s`, '-s', lua, `${url}/v2/models/tiny/infer`]);
  if (!stdout.includes('errors=0')) throw new TypeError(`some requests failed:\n${stdout}`);
  return Number(/Requests\/sec:\s+([\d.]+)/.exec(stdout)?.[1]);
};

const floor = await startServer(['--import', 'tsx', 'bench/floor-server.ts', model]);
const platform = await startServer(['--max-semi-space-size=32', 'dist/local.mjs'], {
  PORT: '0',
  HYBRID_DATA_DIR: join(folder, 'data'),
  HYBRID_ADMIN_KEY: adminKey,
});
try {
  const ours = await script('ours', await deployTiny(platform.url));
  const bare = await script('bare', undefined);
  for (const [connections, min] of [
    [16, 0.55],
    [64, 0.9],
  ] as const) {
    await load(platform.url, ours, connections);
    const pairs: { readonly bare: number; readonly ours: number }[] = [];
    for (let round = 0; round < rounds; round++)
      pairs.push({ bare: await load(floor.url, bare, connections), ours: await load(platform.url, ours, connections) });
    const shown = pairs.map((pair) => `${Math.round(pair.ours)}/${Math.round(pair.bare)}`).join(' ');
    report({
      name: `infer-${connections}-connections`,
      ratio: median(pairs.map((pair) => pair.ours / pair.bare)),
      budget: { min },
      notes: `requests/s, ours/bare: ${shown}`,
    });
  }
} finally {
  await Promise.all([floor.stop(), platform.stop()]);
  await rm(folder, { recursive: true });
}
