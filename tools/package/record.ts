import { existsSync, readFileSync, renameSync, statSync, writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { root } from './bundle.ts';

/** What something was built of, so that it need not be built again: its recipe, and its sources as they were. */
type Record<Built> = { readonly recipe: string; readonly sources: { readonly [path: string]: string }; readonly built: Built };

const stamp = (path: string): string => {
  const { mtimeMs, size } = statSync(resolve(root, path), { throwIfNoEntry: false }) ?? {};
  return `${mtimeMs} ${size}`;
};

/** What was built by this recipe of sources that have not changed since; nothing where it has to be built. */
export const builtBefore = <Built extends { readonly zip: string }>(file: string, recipe: string): Built | undefined => {
  if (!existsSync(file)) return undefined;
  const record = JSON.parse(readFileSync(file, 'utf8')) as Record<Built>;
  const isCurrent = record.recipe === recipe && existsSync(record.built.zip);
  return isCurrent && Object.entries(record.sources).every(([path, known]) => stamp(path) === known) ? record.built : undefined;
};

/** A source that changed while it was being built of may be in there as it was: the next time looks again. */
const stampSince = (started: number, path: string): string =>
  statSync(resolve(root, path)).mtimeMs > started ? 'changed meanwhile' : stamp(path);

export const recordBuilt = <Built>(
  file: string,
  {
    recipe,
    sources,
    built,
    started,
  }: { readonly recipe: string; readonly sources: readonly string[]; readonly built: Built; readonly started: number },
): void => {
  const stamps = Object.fromEntries([...new Set(sources)].map((path) => [path, stampSince(started, path)]));
  place(file, JSON.stringify({ recipe, sources: stamps, built } satisfies Record<Built>));
};

/** Renamed into place: whoever reads meanwhile reads the old one or the new one. */
export const place = (path: string, contents: string | Uint8Array): void => {
  writeFileSync(`${path}.${process.pid}`, contents);
  renameSync(`${path}.${process.pid}`, path);
};
