// Bundles the platform for Node into dist/, where its sources changed since the last time.
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, renameSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { withLock } from './lock.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));
const out = join(root, 'dist');
const record = join(out, 'inputs.json');
const entryPoints = { local: 'functions/entries/local.ts', 'model-process': 'adapters/onnx/model-process.ts' };

/** What decides about a bundle beside its sources. */
const recipe = () => {
  const files = ['tools/build.mjs', 'package.json', 'package-lock.json', 'tsconfig.json'];
  return files.reduce((hash, file) => hash.update(readFileSync(join(root, file))), createHash('sha256')).digest('hex');
};

const stamp = (path) => {
  const { mtimeMs, size } = statSync(join(root, path), { throwIfNoEntry: false }) ?? {};
  return `${mtimeMs} ${size}`;
};

const isCurrent = () => {
  try {
    const { recipe: built, inputs } = JSON.parse(readFileSync(record, 'utf8'));
    const complete = Object.keys(entryPoints).every((name) => existsSync(join(out, `${name}.mjs`)));
    return complete && built === recipe() && Object.entries(inputs).every(([path, known]) => stamp(path) === known);
  } catch {
    return false;
  }
};

/** Renamed into place: whoever starts the platform meanwhile reads the old bundle or the new one. */
const place = (path, contents) => {
  const whole = `${path}.${process.pid}`;
  writeFileSync(whole, contents);
  renameSync(whole, path);
};

/** A source that changed while it was being bundled may be in the bundle as it was: the next time looks again. */
const stampSince = (started) => (path) => [path, statSync(join(root, path)).mtimeMs > started ? 'changed meanwhile' : stamp(path)];

const bundle = async () => {
  const started = Date.now();
  const { build } = await import('esbuild');
  const { outputFiles, metafile } = await build({
    absWorkingDir: root,
    entryPoints,
    outdir: out,
    outExtension: { '.js': '.mjs' },
    bundle: true,
    write: false,
    metafile: true,
    platform: 'node',
    format: 'esm',
    target: 'node20.19',
    // No condition of its own: `#cloud` is the local adapters.
    conditions: [],
    sourcemap: true,
    // Native code is loaded from node_modules, and only when it is needed.
    external: ['onnxruntime-node', 'lmdb', '@duckdb/node-api'],
    // Some packages are CommonJS and call `require`, which a module does not have.
    banner: {
      js: "import { createRequire as createRequireOfBundle } from 'node:module';\nconst require = createRequireOfBundle(import.meta.url);",
    },
    logLevel: 'warning',
  });
  const inputs = Object.fromEntries(Object.keys(metafile.inputs).map(stampSince(started)));
  for (const { path, contents } of outputFiles) {
    mkdirSync(dirname(path), { recursive: true });
    place(path, contents);
  }
  place(record, JSON.stringify({ recipe: recipe(), inputs }));
  process.stderr.write(`Built ${Object.keys(entryPoints).length} bundles in ${relative(process.cwd(), out) || 'dist'}.\n`);
};

if (!isCurrent())
  await withLock(join(root, '.cache', 'build.lock'), async () => {
    if (!isCurrent()) await bundle();
  });
