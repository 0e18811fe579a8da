import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { unzipSync } from 'fflate';
import { afterAll, describe, expect, it } from 'vitest';
import { contexts } from '../../functions/contexts.ts';
import { type FunctionUnit, unitsOf } from '../../functions/kernel/units.ts';
import type { CloudName } from './clouds.ts';
import { entryOf } from './entry.ts';
import { buildUnits } from './index.ts';
import type { Architecture } from './native.ts';

const root = mkdtempSync(join(tmpdir(), 'package-'));
afterAll(() => rmSync(root, { recursive: true }));

const units = unitsOf(contexts, 'context', { apart: true });
const named = (...names: readonly string[]): readonly FunctionUnit[] => units.filter(({ name }) => names.includes(name));
const build = async (folder: string, of: readonly FunctionUnit[], architecture: Architecture = 'x86_64') => {
  const built = await buildUnits(of, { cloud: 'aws', architecture, folder: join(root, folder) });
  return built[0] ?? expect.unreachable('nothing was built');
};
const filesIn = (zip: string): { readonly [path: string]: Uint8Array } => unzipSync(readFileSync(zip));
const textOf = (zip: string, path = 'index.mjs'): string => Buffer.from(filesIn(zip)[path] ?? '').toString();

describe('a packaged function', () => {
  it('has the same bytes wherever and whenever it is built', async () => {
    const [one, other] = [await build('one', named('identity-changes')), await build('other', named('identity-changes'))];
    expect(other.sha256).toBe(one.sha256);
    expect(readFileSync(other.zip).equals(readFileSync(one.zip))).toBe(true);
  });

  it('is built again where a source of it has changed, and only then', async () => {
    const unit = named('observability-dead-letters');
    const { zip } = await build('again', unit);
    const { mtimeMs } = statSync(zip);
    expect(statSync((await build('again', unit)).zip).mtimeMs).toBe(mtimeMs);
    expect(statSync((await build('again', unit, 'arm64')).zip).mtimeMs).toBeGreaterThan(mtimeMs);
  });

  it('holds what it calls, no other cloud and no AWS SDK', async () => {
    const text = textOf((await build('code', named('identity-http'))).zip);
    expect(text).toContain('POST /v1/tenants');
    expect(text).not.toMatch(/aws-sdk|smithy|lmdb/i);
  });

  it('that hears events answers no requests', async () => {
    expect(textOf((await build('code', named('observability-events'))).zip)).not.toContain('method-not-allowed');
  });

  it('that shows the documents of the platform has them beside it, without what only the laptop serves', async () => {
    const { zip } = await build('code', named('platform-http'));
    expect(Object.keys(filesIn(zip))).toEqual(['docs.html', 'index.mjs', 'openapi.json']);
    const { paths } = JSON.parse(textOf(zip, 'openapi.json')) as { readonly paths: object };
    expect(Object.keys(paths)).toContain('/v1/models');
    expect(Object.keys(paths).filter((path) => path.startsWith('/objects'))).toEqual([]);
  });

  const opening = ['inference-predictions', 'models-trials'];
  const architectures = ['x86_64', 'arm64'] as const;
  it.each(opening.flatMap((name) => architectures.map((architecture) => ({ name, architecture }))))(
    'that opens models has their process, and the library for its processor: $name, $architecture',
    async ({ name, architecture }) => {
      const files = Object.keys(filesIn((await build(`${name}-${architecture}`, named(name), architecture)).zip));
      const cpu = architecture === 'x86_64' ? 'x64' : 'arm64';
      expect(files).toContain('model-process.mjs');
      expect(files.filter((path) => /\.(so|node|dll|dylib)/.test(path))).toEqual([
        `node_modules/onnxruntime-node/bin/napi-v6/linux/${cpu}/libonnxruntime.so.1`,
        `node_modules/onnxruntime-node/bin/napi-v6/linux/${cpu}/onnxruntime_binding.node`,
      ]);
    },
  );

  it('that registers models has none of it', async () =>
    expect(Object.keys(filesIn((await build('code', named('models-http'))).zip))).toEqual(['index.mjs']));
});

describe('a package', () => {
  const here = unitsOf(contexts, 'context');
  const of = async (cloud: CloudName, ...names: readonly string[]) => {
    const built = await buildUnits(
      here.filter(({ name }) => names.includes(name)),
      { cloud, architecture: 'x86_64', folder: join(root, cloud) },
    );
    return { built, files: built.map(({ zip }) => Object.keys(filesIn(zip))) };
  };

  it.each(['azure', 'gcp'] as const)('has the same bytes wherever and whenever it is built: %s', async (cloud) => {
    const { built } = await of(cloud, 'identity-http', 'identity-changes');
    const again = await buildUnits(named('identity-http', 'identity-changes'), {
      cloud,
      architecture: 'x86_64',
      folder: join(root, `${cloud}-2`),
    });
    expect(again.map(({ sha256 }) => sha256)).toEqual(built.map(({ sha256 }) => sha256));
  });

  it('of Google Cloud asks for the functions framework, and has its own files where the build leaves them alone', async () => {
    const { built, files } = await of('gcp', 'models-http');
    const { main, dependencies } = JSON.parse(textOf(built[0]?.zip ?? '', 'package.json')) as {
      readonly main: string;
      readonly dependencies: object;
    };
    expect([main, Object.keys(dependencies), Object.values(dependencies)[0]]).toEqual([
      'index.mjs',
      ['@google-cloud/functions-framework'],
      expect.stringMatching(/^\d+\.\d+\.\d+$/),
    ]);
    const outside = files[0]?.filter((path) => !path.startsWith('app/'));
    expect([outside, files[0]?.includes('app/model-process.mjs')]).toEqual([['index.mjs', 'package.json'], true]);
    expect(textOf(built[0]?.zip ?? '', 'app/index.mjs')).not.toMatch(/aws-sdk|dynamodb|lmdb|@azure/i);
  });

  it('of Azure is an app, which runs all units of a context', async () => {
    const { built, files } = await of('azure', ...here.map(({ name }) => name).filter((name) => /^(models|identity)-/.test(name)));
    expect(built.map(({ name }) => name)).toEqual(['identity', 'models']);
    expect(files[1]).toEqual(expect.arrayContaining(['host.json', 'index.mjs', 'model-process.mjs', 'package.json']));
    expect(built.every(({ startBytes, codeBytes }) => startBytes < codeBytes)).toBe(true);
    const { logging } = JSON.parse(textOf(built[1]?.zip ?? '', 'host.json')) as {
      readonly logging: { readonly applicationInsights: { readonly samplingSettings: { readonly excludedTypes: string } } };
    };
    // What alerts are built on.
    expect(logging.applicationInsights.samplingSettings.excludedTypes.split(';')).toEqual(expect.arrayContaining(['Request', 'Exception']));
  });
});

describe('the entry of a function', () => {
  it('binds every context that it runs to what it calls of it', () => {
    const [single] = unitsOf(contexts, 'single', { apart: true }).filter(({ name }) => name === 'all-events');
    const entry = entryOf([single as FunctionUnit], 'aws').source;
    for (const name of ['models', 'inference', 'billing', 'observability'])
      expect(entry).toContain(`{ declaration: ${name}, subscribers: ${name}_subscribers }`);
  });

  const heavy = (cloud: CloudName, of: readonly FunctionUnit[]) => entryOf(of, cloud).source.match(/openCloudWith\(\{ (.*) \}\)/)?.[1];
  it.each([
    ['models-http', ''],
    ['inference-events', ''],
    ['inference-predictions', '...runningModels'],
    ['models-trials', '...runningModels'],
    ['billing-http', '...writingExports'],
    ['billing-schedules', ''],
  ])('has the code to open models and to write exports only where it does, on AWS: %s', (name, parts) =>
    expect(heavy('aws', named(name))).toBe(parts),
  );

  it.each([
    ['models-http', '...inspectingModels'],
    ['models-events', ''],
    ['inference-http', '...runningModels'],
    ['inference-events', '...runningModels'],
    ['billing-http', '...writingExports'],
    ['billing-schedules', ''],
  ])('has that on Google Cloud, where who looks into models need not run them: %s', (name, parts) => {
    const unit = unitsOf(contexts, 'context').filter((one) => one.name === name);
    expect(heavy('gcp', unit)).toBe(parts);
  });

  it.each([
    ['models', 'context', '...inspectingModels'],
    ['inference', 'context', '...runningModels'],
    ['billing', 'context', '...writingExports'],
    ['identity', 'context', ''],
    ['all', 'single', ''],
  ] as const)('has that on Azure for all units of an app: %s', (app, topology, parts) => {
    const of = unitsOf(contexts, topology).filter(({ name }) => name.startsWith(`${app}-`));
    expect(heavy('azure', of)).toBe(parts);
  });

  it('asks for consumers of changes only where there are some', () => {
    const entryFor = (name: string) => entryOf(named(name), 'aws').source;
    expect(entryFor('identity-changes')).not.toContain('handlers.ts');
    expect(entryFor('billing-changes')).toContain('changes: billing_changes');
  });
});
