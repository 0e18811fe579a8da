import { createHash } from 'node:crypto';
import { mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { contexts } from '../../functions/contexts.ts';
import { documentFiles, documentsOf } from '../../functions/entries/documents.ts';
import { cloudRoutes, type FunctionUnit, type NativeLibrary } from '../../functions/kernel/units.ts';
import { withLock } from '../lock.mjs';
import { bundle, type Module, root } from './bundle.ts';
import type { CloudName } from './clouds.ts';
import { entryOf, isEdge, servesDocuments } from './entry.ts';
import { entryFile, layouts } from './layout.ts';
import { type Architecture, nativeFiles } from './native.ts';
import { builtBefore, place, recordBuilt } from './record.ts';
import { type ZipFile, zip } from './zip.ts';

/**
 * A zip: where it is, its SHA-256 in hexadecimal, and how many bytes it has; `codeBytes` are those of the module that is loaded. What models run in
 * is a process of its own, and counts as little as the libraries.
 */
export type Bundle = {
  readonly name: string;
  readonly zip: string;
  readonly sha256: string;
  readonly zipBytes: number;
  readonly codeBytes: number;
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
  const recipe = digest([source, cloud, architecture, tools, ...[...documents, ...beside].map(({ bytes }) => bytes)]);
  const record = join(folder, `${name}.json`);
  const known = builtBefore<Bundle>(record, recipe);
  if (known !== undefined) return known;
  const started = Date.now();
  const modules = await modulesOf(libraries, source, cloud);
  const native = (await Promise.all(libraries.map((library) => nativeFiles(library, architecture)))).flat();
  const own = [
    ...Object.entries(modules).map(([path, module]): ZipFile => ({ path, bytes: module.code })),
    ...documents,
    ...native.map(({ path, from }): ZipFile => ({ path, bytes: readFileSync(from) })),
  ];
  const zipped = zip([...own.map(({ path, bytes }) => ({ path: `${layout.folder}${path}`, bytes })), ...beside]);
  const file = join(folder, `${name}.zip`);
  place(file, zipped);
  const codeBytes = modules[entryFile]?.code.length ?? 0;
  const built = { name, zip: file, sha256: digest([zipped]), zipBytes: zipped.length, codeBytes };
  const sources = [...Object.values(modules).flatMap((module) => module.sources), ...native.map(({ from }) => from)];
  recordBuilt(record, { recipe, sources, built, started });
  return built;
};

/** The modules of a package by the files that they become: what is loaded, and beside it the process that models run in. */
const modulesOf = async (
  libraries: readonly NativeLibrary[],
  source: string,
  cloud: CloudName,
): Promise<{ readonly [file: string]: Module }> => ({
  [entryFile]: await bundle({ source }, cloud),
  ...(libraries.includes('onnxruntime') ? { 'model-process.mjs': await bundle({ file: 'adapters/onnx/model-process.ts' }, cloud) } : {}),
});

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
