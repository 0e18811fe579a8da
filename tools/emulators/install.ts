import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { cpSync, existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { failed, Rejected } from '../../domain/kernel/failure.ts';
import { withLock } from '../lock.mjs';

const here = fileURLToPath(new URL('.', import.meta.url));
export const cache = fileURLToPath(new URL('../../.cache/emulators/', import.meta.url));
const minutes = 60_000;

export const run = (program: string, args: readonly string[], cwd: string): void => {
  const { status, stdout, stderr, error } = spawnSync(program, args, { cwd, encoding: 'utf8', timeout: 15 * minutes });
  if (status === 0) return;
  const said = `${stdout ?? ''}${stderr ?? ''}`.slice(-4000);
  throw new Rejected(
    failed('unavailable', 'emulator-not-installed', `${program} ${args.slice(0, 3).join(' ')}: ${error?.message ?? said}`),
  );
};

const contents = (file: string): string => readFileSync(file, 'utf8');
const digest = (files: readonly string[]): string => createHash('sha256').update(files.map(contents).join('\0')).digest('hex');

/** A folder in `.cache/emulators`, made again when one of `lists` (what it is made from) changed; never seen half made. */
export const folderOf = async (name: string, lists: readonly string[], make: (folder: string) => void): Promise<string> => {
  const folder = join(cache, name);
  const record = join(folder, '.installed');
  const wanted = digest(lists);
  const isMade = () => existsSync(record) && contents(record) === wanted;
  if (!isMade())
    await withLock(`${folder}.lock`, () => {
      if (isMade()) return;
      const building = `${folder}.new`;
      for (const old of [building, folder]) rmSync(old, { recursive: true, force: true });
      mkdirSync(building, { recursive: true });
      make(building);
      writeFileSync(join(building, '.installed'), wanted);
      renameSync(building, folder);
    });
  return folder;
};

/** Installs ministack, once for each list of requirements; gives the path of its Python. Needs Python 3.11. */
export const installMinistack = (): string => {
  const folder = join(cache, 'ministack');
  run(process.execPath, [join(here, '../python.mjs'), join(here, 'ministack/requirements.txt'), folder], here);
  return join(folder, 'bin', 'python');
};

/** Installs DynamoDB Local; gives the folder of its libraries. Needs Maven and a JDK. */
export const installDynamoDbLocal = (): Promise<string> => {
  const [pom, launcher] = ['pom.xml', 'Loopback.java'].map((file) => join(here, 'dynamodb-local', file)) as [string, string];
  return folderOf('dynamodb-local', [pom, launcher], (folder) => {
    run('mvn', ['-q', '-B', '-f', pom, 'dependency:copy-dependencies', `-DoutputDirectory=${folder}`], here);
    run('javac', ['-cp', join(folder, '*'), '-d', folder, launcher], here);
  });
};

/** The Node that functions are deployed on; gives the folder to put first on `PATH`. Where this process runs on it, that one's. */
export const installNode = async (): Promise<string> => {
  if (process.versions.node.startsWith('24.')) return join(process.execPath, '..');
  const lists = ['package.json', 'package-lock.json'].map((file) => join(here, 'node', file));
  const folder = await folderOf('node', lists, (building) => {
    for (const list of lists) cpSync(list, join(building, list.slice(join(here, 'node').length)));
    run('npm', ['ci', '--ignore-scripts', '--no-audit', '--no-fund'], building);
  });
  return join(folder, 'node_modules', `node-${process.platform}-${process.arch}`, 'bin');
};

/** A `PATH` on which what is in `folder` is found first. */
export const pathWith = (folder: string): string => [folder, process.env.PATH ?? ''].join(delimiter);

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  installMinistack();
  await installDynamoDbLocal();
  await installNode();
}
