// Builds the Pulumi CLI, with the engine inside, from its Go module into .cache/engine/, where that has not been done: about 4 minutes of two cores, once.
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { withLock } from '../lock.mjs';

const here = fileURLToPath(new URL('.', import.meta.url));
const out = fileURLToPath(new URL('../../.cache/engine/', import.meta.url));
const record = join(out, 'stamp');
const module = 'github.com/pulumi/pulumi/pkg/v3';

/** The folder to put first on `PATH`. */
export const engineFolder = out;
/** The CLI that `buildEngine` makes. */
export const pulumiPath = join(out, 'pulumi');

const read = (file) => {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return undefined;
  }
};

/** The release that go.mod pins, such as `v3.248.0`. */
const version = () => new RegExp(`^\\s*${module} (v\\S+)`, 'm').exec(readFileSync(join(here, 'go.mod'), 'utf8'))?.[1];

const recipe = () =>
  ['go.mod', 'go.sum', 'build.mjs'].reduce((hash, file) => hash.update(readFileSync(join(here, file))), createHash('sha256')).digest('hex');

const isCurrent = (wanted) => existsSync(pulumiPath) && read(record) === wanted;

/** The CLI reports the version it was linked with, and checks it against the program's SDK. */
const build = (wanted) => {
  process.stderr.write('Building the Pulumi engine from its Go module; this happens once and takes some minutes.\n');
  mkdirSync(out, { recursive: true });
  const fresh = `${pulumiPath}.${process.pid}`;
  const flags = `-s -w -X github.com/pulumi/pulumi/sdk/v3/go/common/version.Version=${version()}`;
  const command = ['build', '-buildvcs=false', '-trimpath', '-ldflags', flags, '-o', fresh, `${module}/cmd/pulumi`];
  const { status, error } = spawnSync('go', command, { cwd: here, stdio: ['ignore', 2, 2], env: { ...process.env, CGO_ENABLED: '0' } });
  if (status !== 0)
    throw new Error(`The Pulumi engine could not be built (it needs Go 1.26): ${error?.message ?? `go ended with ${status}`}`);
  renameSync(fresh, pulumiPath);
  writeFileSync(record, wanted);
};

/** The path of a CLI that is what go.mod and go.sum say. */
export const buildEngine = async () => {
  const wanted = recipe();
  if (!isCurrent(wanted))
    await withLock(join(out, '..', 'engine.lock'), () => {
      if (!isCurrent(wanted)) build(wanted);
    });
  return pulumiPath;
};

if (process.argv[1] === fileURLToPath(import.meta.url)) await buildEngine();
