import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { failed, Rejected } from '../../domain/kernel/failure.ts';
import { withLock } from '../lock.mjs';
import { root } from './bundle.ts';

/** Of the version in package-lock.json, which tells the digests of packages for the machine that it was made on, and of no other. */
const digests: { readonly [name: string]: string } = {
  '@duckdb/node-bindings-linux-x64': 'IXcrZJE6kEqM0Z4wwdVnGBHX/frOS33VPNAwDXQ/Q+Fs84b058Qe94chrCCIcNJlG8Y3UHIUU4eBeCQxW5mN1Q==',
  '@duckdb/node-bindings-linux-arm64': '3jnUaDil1BrF/6vAZwVaInJ1xoBaWGHB4PDiUnzJWKCo8a8TLx9j7/gPyPl/UGRBftrYIuTihRZSfF4mWMgtWA==',
};

/**
 * The folder of a package for another machine than this one. npm installs those for this machine only; others are fetched, checked and kept in
 * `.cache/package`. Throws `Rejected` `package-unavailable` where one cannot be had.
 */
export const platformPackage = async (name: string): Promise<string> => {
  const installed = join(root, 'node_modules', name);
  if (existsSync(installed)) return installed;
  const specifier = `${name}@${lockedVersion(name)}`;
  const folder = join(root, '.cache/package', specifier);
  if (!existsSync(folder))
    await withLock(`${folder}.lock`, () => {
      if (!existsSync(folder)) fetchPackage(specifier, digests[name], folder);
    });
  return folder;
};

const lockedVersion = (name: string): string => {
  const { packages } = JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8')) as {
    readonly packages: { readonly [path: string]: { readonly version: string } };
  };
  return packages[`node_modules/${name}`]?.version ?? unavailable(`package-lock.json knows no "${name}"`);
};

const fetchPackage = (specifier: string, expected: string | undefined, folder: string): void => {
  const building = mkdtempSync(join(root, '.cache', 'package-'));
  try {
    const [packed] = JSON.parse(run('npm', ['pack', specifier, '--json', '--ignore-scripts', '--pack-destination', building])) as [
      { filename: string },
    ];
    const archive = join(building, packed.filename);
    const digest = createHash('sha512').update(readFileSync(archive)).digest('base64');
    if (digest !== expected) unavailable(`${specifier} has the SHA-512 ${digest}, which is not the one that is known`);
    run('tar', ['-xzf', archive, '-C', building]);
    mkdirSync(dirname(folder), { recursive: true });
    renameSync(join(building, 'package'), folder);
  } finally {
    rmSync(building, { recursive: true, force: true });
  }
};

const run = (program: string, args: readonly string[]): string => {
  const { status, stdout, stderr, error } = spawnSync(program, args, { cwd: root, encoding: 'utf8', shell: process.platform === 'win32' });
  return status === 0 ? stdout : unavailable(`${program} ${args.slice(0, 2).join(' ')}: ${error?.message ?? stderr.slice(-500)}`);
};

const unavailable = (detail: string): never => {
  throw new Rejected(failed('unavailable', 'package-unavailable', detail));
};
