import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import type { NativeLibrary } from '../../functions/kernel/units.ts';
import { root } from './bundle.ts';
import { platformPackage } from './platform-package.ts';

/** The processors that functions run on, as AWS calls them. */
export type Architecture = 'arm64' | 'x86_64';
/** As Node calls them. */
const architectures = { arm64: 'arm64', x86_64: 'x64' } as const;

/** A file that goes into a zip as it is: its path there, and where it is here. */
export type NativeFile = { readonly path: string; readonly from: string };

/** What a library needs at run time, for Linux on one architecture: its JavaScript, and the library for the CPU. */
export const nativeFiles = async (library: NativeLibrary, architecture: Architecture): Promise<readonly NativeFile[]> =>
  library === 'onnxruntime' ? onnxruntime(architectures[architecture]) : duckdb(architectures[architecture]);

const installed = (name: string): string => join(root, 'node_modules', name);

const onnxruntime = (cpu: string): readonly NativeFile[] => [
  ...filesOf('onnxruntime-node', ['package.json', 'dist', `bin/napi-v6/linux/${cpu}`]),
  ...filesOf('onnxruntime-common', ['package.json', 'dist/cjs']),
];

const duckdb = async (cpu: string): Promise<readonly NativeFile[]> => {
  const ofPlatform = `@duckdb/node-bindings-linux-${cpu}`;
  return [
    ...filesOf('@duckdb/node-api', ['package.json', 'lib']),
    ...filesOf('@duckdb/node-bindings', ['package.json', 'duckdb.js']),
    ...filesOf(ofPlatform, ['package.json', 'duckdb.node', 'libduckdb.so'], await platformPackage(ofPlatform)),
  ];
};

/** Neither types nor source maps are of use there. */
const isOfUse = (path: string): boolean => !/\.(d\.ts|map|md)$/.test(path);

/** Files and folders of a package, all but what no function needs, in the order of their names. */
const filesOf = (name: string, parts: readonly string[], folder = installed(name)): readonly NativeFile[] =>
  parts
    .flatMap((part) => listed(folder, part))
    .filter(isOfUse)
    .map((path) => ({ path: `node_modules/${name}/${path}`, from: join(folder, path) }));

const listed = (folder: string, part: string): readonly string[] => {
  if (/\.[a-z]+$/.test(part)) return [part];
  const entries = readdirSync(join(folder, part), { withFileTypes: true }).sort((a, b) => (a.name < b.name ? -1 : 1));
  return entries.flatMap((entry) => (entry.isDirectory() ? listed(folder, `${part}/${entry.name}`) : [`${part}/${entry.name}`]));
};
