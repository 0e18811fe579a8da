import { createHash } from 'node:crypto';
import { mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { contexts } from '../../functions/contexts.ts';
import { documentFiles, documentsOf } from '../../functions/entries/documents.ts';
import { cloudRoutes, type FunctionUnit } from '../../functions/kernel/units.ts';
import { withLock } from '../lock.mjs';
import { bundle, type Module, root } from './bundle.ts';
import { entryOf, servesDocuments } from './entry.ts';
import { type Architecture, nativeFiles } from './native.ts';
import { builtBefore, place, recordBuilt } from './record.ts';
import { type ZipFile, zip } from './zip.ts';

/**
 * A unit's zip: where it is, its SHA-256 in hexadecimal, and how many bytes it has; `codeBytes` are those of the module that Lambda loads. What models
 * run in is a process of its own, and counts as little as the libraries.
 */
export type Bundle = {
  readonly name: string;
  readonly zip: string;
  readonly sha256: string;
  readonly zipBytes: number;
  readonly codeBytes: number;
};

export type BuildOptions = {
  readonly architecture: Architecture;
  /** Where zips are put; `dist/aws` unless told. */
  readonly folder?: string;
};

/** Builds a zip for each unit whose sources changed since the last time. The same sources make the same bytes, on any machine. */
export const buildUnits = async (
  units: readonly FunctionUnit[],
  { architecture, folder = join(root, 'dist/aws') }: BuildOptions,
): Promise<readonly Bundle[]> => {
  const building = { architecture, folder, tools: toolsDigest() };
  mkdirSync(folder, { recursive: true });
  return withLock(join(folder, '.lock'), async () => {
    const built: Bundle[] = [];
    for (const unit of units) built.push(await buildUnit(unit, building));
    return built;
  });
};

type Building = { readonly architecture: Architecture; readonly folder: string; readonly tools: string };

const buildUnit = async (unit: FunctionUnit, { architecture, folder, tools }: Building): Promise<Bundle> => {
  const source = entryOf(unit);
  const documents = servesDocuments(unit) ? documentsOfCloud() : [];
  const recipe = digest([source, architecture, tools, ...documents.map(({ bytes }) => bytes)]);
  const record = join(folder, `${unit.name}.json`);
  const known = builtBefore<Bundle>(record, recipe);
  if (known !== undefined) return known;
  const started = Date.now();
  const modules = await modulesOf(unit, source);
  const native = (await Promise.all(unit.native.map((library) => nativeFiles(library, architecture)))).flat();
  const code = Object.entries(modules).map(([path, module]): ZipFile => ({ path, bytes: module.code }));
  const zipped = zip([...code, ...documents, ...native.map(({ path, from }) => ({ path, bytes: readFileSync(from) }))]);
  const file = join(folder, `${unit.name}.zip`);
  place(file, zipped);
  const built = {
    name: unit.name,
    zip: file,
    sha256: digest([zipped]),
    zipBytes: zipped.length,
    codeBytes: modules[entryFile]?.code.length ?? 0,
  };
  const sources = [...Object.values(modules).flatMap((module) => module.sources), ...native.map(({ from }) => from)];
  recordBuilt(record, { recipe, sources, built, started });
  return built;
};

const entryFile = 'index.mjs';

/** The modules of a unit by the files that they become: what Lambda loads, and beside it the process that models run in. */
const modulesOf = async (unit: FunctionUnit, source: string): Promise<{ readonly [file: string]: Module }> => ({
  [entryFile]: await bundle({ source }),
  ...(unit.native.includes('onnxruntime') ? { 'model-process.mjs': await bundle({ file: 'adapters/onnx/model-process.ts' }) } : {}),
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
