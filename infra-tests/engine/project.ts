import { cpSync, existsSync, mkdtempSync, readdirSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const repository = fileURLToPath(new URL('../../', import.meta.url));

export type Project = { readonly folder: string; remove(): void };

/** A project's folder under another name: the CLI writes a stack's salt and settings beside Pulumi.yaml, which is copied; all else is the original. */
export const projectOf = (original: string): Project => {
  const folder = mkdtempSync(join(tmpdir(), 'project-'));
  for (const name of readdirSync(original)) {
    if (/^Pulumi\..*yaml$/.test(name)) cpSync(join(original, name), join(folder, name));
    else symlinkSync(join(original, name), join(folder, name));
  }
  for (const name of ['node_modules', 'package.json'])
    if (!existsSync(join(folder, name))) symlinkSync(join(repository, name), join(folder, name));
  return { folder, remove: () => rmSync(folder, { recursive: true, force: true }) };
};
