import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { zipSync } from 'fflate';
import * as z from 'zod';

const Asset = z.object({ path: z.string().optional(), text: z.string().optional() });
/** What the engine says about an archive: where the zip is, or which files it is to hold. */
export const Archive = z.object({
  hash: z.string().optional(),
  path: z.string().optional(),
  assets: z.record(z.string(), Asset).optional(),
});
export type Archive = z.output<typeof Archive>;

/** The same files give the same bytes. */
const mtime = '1980-01-01T00:00:00';

/** The bytes of a function's zip; paths are relative to the program's folder. */
export const zipOf = ({ path, assets = {} }: Archive, folder: string): Uint8Array => {
  if (path !== undefined) return readFileSync(resolve(folder, path));
  const bytesOf = (asset: z.output<typeof Asset>): Uint8Array =>
    asset.path === undefined ? new TextEncoder().encode(asset.text ?? '') : readFileSync(resolve(folder, asset.path));
  return zipSync(Object.fromEntries(Object.entries(assets).map(([name, asset]) => [name, bytesOf(asset)])), { mtime });
};
