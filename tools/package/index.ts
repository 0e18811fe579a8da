import { createHash } from 'node:crypto';
import { mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { contexts } from '../../functions/contexts.ts';
import { documentFiles, documentsOf } from '../../functions/entries/documents.ts';
import { cloudRoutes, type FunctionUnit, type NativeLibrary } from '../../functions/kernel/units.ts';
import { withLock } from '../lock.mjs';
import { type Bundled, bundle, root } from './bundle.ts';
import type { CloudName } from './clouds.ts';
import { entryOf, isEdge, type Source, servesDocuments } from './entry.ts';
import { entryFile, layouts } from './layout.ts';
import { type Architecture, nativeFiles } from './native.ts';
import { builtBefore, place, recordBuilt } from './record.ts';
import { type ZipFile, zip } from './zip.ts';

/**
 * A zip: where it is, its SHA-256 in hexadecimal, and how many bytes it has; `startBytes` are those of what is loaded at once, `codeBytes` of all that
 * is loaded in time. What models run in is a process of its own, and counts as little as the libraries.
 */
export type Bundle = {
  readonly name: string;
  readonly zip: string;
  readonly sha256: string;
  readonly zipBytes: number;
  readonly codeBytes: number;
  readonly startBytes: number;
};

export type BuildOptions = {
  readonly cloud: CloudName;
  readonly architecture: Architecture;
  /** Where zips are put; `dist/<cloud>` unless told. */
  readonly folder?: string;
};

/** Builds a zip for each package whose sources changed since the last time. The same sources make the same bytes, on any machine. */
export const buildUnits = async (
  units: readonly FunctionUnit[],
  { cloud, architecture, folder = join(root, 'dist', cloud) }: BuildOptions,
): Promise<readonly Bundle[]> => {
  const building = { cloud, architecture, folder, tools: toolsDigest() };
  mkdirSync(folder, { recursive: true });
  return withLock(join(folder, '.lock'), async () => {
    const built: Bundle[] = [];
    for (const one of packagesOf(units, cloud)) built.push(await buildPackage(one, building));
    return built;
  });
};

type Package = { readonly name: string; readonly units: readonly FunctionUnit[] };

/** What becomes a zip of its own: each unit; on Azure an app, which runs all units of a context (`models-http` and `models-events` in `models`). */
const packagesOf = (units: readonly FunctionUnit[], cloud: CloudName): readonly Package[] => {
  if (cloud !== 'azure') return units.map((unit) => ({ name: unit.name, units: [unit] }));
  const appOf = (unit: FunctionUnit): string => (isEdge(unit) ? unit.name : unit.name.slice(0, -unit.trigger.length - 1));
  const names = [...new Set(units.map(appOf))];
  return names.map((name) => ({ name, units: units.filter((unit) => appOf(unit) === name) }));
};

type Building = { readonly cloud: CloudName; readonly architecture: Architecture; readonly folder: string; readonly tools: string };

const buildPackage = async ({ name, units }: Package, { cloud, architecture, folder, tools }: Building): Promise<Bundle> => {
  const source = entryOf(units, cloud);
  const libraries = [...new Set(units.flatMap(({ native }) => native))];
  const layout = layouts[cloud];
  const beside = layout.beside();
  const documents = units.some(servesDocuments) ? documentsOfCloud() : [];
  const recipe = digest([JSON.stringify(source), cloud, architecture, tools, ...[...documents, ...beside].map(({ bytes }) => bytes)]);
  const record = join(folder, `${name}.json`);
  const known = builtBefore<Bundle>(record, recipe);
  if (known !== undefined) return known;
  const started = Date.now();
  const { files, sources: bundled } = await modulesOf(libraries, source, cloud);
  const native = (await Promise.all(libraries.map((library) => nativeFiles(library, architecture)))).flat();
  const own = [
    ...Object.entries(files).map(([path, bytes]): ZipFile => ({ path, bytes })),
    ...documents,
    ...native.map(({ path, from }): ZipFile => ({ path, bytes: readFileSync(from) })),
  ];
  const zipped = zip([...own.map(({ path, bytes }) => ({ path: `${layout.folder}${path}`, bytes })), ...beside]);
  const file = join(folder, `${name}.zip`);
  place(file, zipped);
  const sizes = sizesOf(files);
  const built = { name, zip: file, sha256: digest([zipped]), zipBytes: zipped.length, ...sizes };
  recordBuilt(record, { recipe, sources: [...bundled, ...native.map(({ from }) => from)], built, started });
  return built;
};

const modelProcess = 'model-process';

/** All modules of a package: what is loaded, and beside it the process that models run in. */
const modulesOf = async (libraries: readonly NativeLibrary[], source: Source, cloud: CloudName): Promise<Bundled> => {
  const started = await bundle({ name: 'index', ...source }, cloud);
  if (!libraries.includes('onnxruntime')) return started;
  const models = await bundle({ name: modelProcess, file: 'adapters/onnx/model-process.ts' }, cloud);
  return { files: { ...started.files, ...models.files }, sources: [...started.sources, ...models.sources] };
};

/** What is loaded at once, with the parts that it imports, and all that may be loaded in time. */
const sizesOf = (files: Bundled['files']): Pick<Bundle, 'codeBytes' | 'startBytes'> => {
  const lengthOf = (names: Iterable<string>): number => [...names].reduce((sum, name) => sum + (files[name]?.length ?? 0), 0);
  const imported = (name: string): readonly string[] => [
    name,
    ...[
      ...Buffer.from(files[name] ?? '')
        .toString()
        .matchAll(/(?:from|import)"\.\/(part-\w+\.mjs)"/g),
    ].flatMap(([, part = '']) => imported(part)),
  ];
  const code = Object.keys(files).filter((name) => name !== `${modelProcess}.mjs`);
  return { codeBytes: lengthOf(code), startBytes: lengthOf(new Set(imported(entryFile))) };
};

/** The platform's documents, without the routes that a cloud's object store serves by itself. */
const documentsOfCloud = (): readonly ZipFile[] => {
  const documents = documentsOf(contexts.map((context) => ({ ...context, routes: Object.fromEntries(cloudRoutes(context)) })));
  return [
    { path: documentFiles.openapi, bytes: Buffer.from(documents.openapi()) },
    { path: documentFiles.html, bytes: Buffer.from(documents.html()) },
  ];
};

/** What decides about every zip beside its sources. */
const toolsDigest = (): string => {
  const here = fileURLToPath(new URL('.', import.meta.url));
  const own = readdirSync(here).filter((name) => name.endsWith('.ts') && !name.endsWith('.test.ts'));
  return digest([...own.sort().map((name) => readFileSync(join(here, name))), readFileSync(join(root, 'package-lock.json'))]);
};

const digest = (parts: readonly (string | Uint8Array)[]): string =>
  parts.reduce((hash, part) => hash.update(part), createHash('sha256')).digest('hex');
