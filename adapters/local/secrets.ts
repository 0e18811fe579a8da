import { randomUUID } from 'node:crypto';
import { mkdirSync, readdirSync, rmSync } from 'node:fs';
import { open, rename, rm } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { failed, Rejected } from '../../domain/kernel/failure.ts';
import type { Secrets } from '../../domain/kernel/secrets.ts';
import { orAbsent, orStorageFull, sync, writeDurably } from './durable-files.ts';
import { serialized } from './serialized.ts';

type Values = ReadonlyMap<string, string>;
type Read = { readonly stamp: string; readonly values: Values };

const groupAndOthers = 0o077;
const temporarySuffix = '.new';

const exposed = (file: string): Rejected =>
  new Rejected(
    failed(
      'forbidden',
      'secrets-file-exposed',
      `Others than its owner may open the secrets file ${file}; run: chmod 600 ${JSON.stringify(file)}`,
    ),
  );

const malformed = (file: string): Rejected =>
  new Rejected(failed('malformed', 'secrets-file-malformed', `The secrets file ${file} is not a JSON object of strings.`));

/** The parser's own message would quote the file, so none of it is passed on. */
const parsed = (file: string, text: string): Values => {
  try {
    const entries = Object.entries(JSON.parse(text) as { readonly [name: string]: unknown });
    if (entries.every((entry): entry is [string, string] => typeof entry[1] === 'string')) return new Map(entries);
  } catch {
    throw malformed(file);
  }
  throw malformed(file);
};

/**
 * Named secrets in one JSON file with mode 0600, replaced whole and on disk when `put` returns. Read again whenever the file has changed.
 * Throws `Rejected` `secrets-file-exposed` where group or others may open the file, `secrets-file-malformed` where it is not ours,
 * `storage-full`; no failure ever holds a value.
 */
export const localSecrets = ({ file }: { readonly file: string }): Secrets => {
  const exclusively = serialized();
  let last: Read | undefined;
  mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
  sweep(file);

  const read = async (): Promise<Values> => {
    const handle = await orAbsent(open(file, 'r'));
    if (handle === undefined) return new Map();
    try {
      const { mode, ino, size, mtimeNs } = await handle.stat({ bigint: true });
      if ((Number(mode) & groupAndOthers) !== 0) throw exposed(file);
      const stamp = `${ino}-${size}-${mtimeNs}`;
      if (last?.stamp !== stamp) last = { stamp, values: parsed(file, await handle.readFile('utf8')) };
      return last.values;
    } finally {
      await handle.close();
    }
  };

  const replace = async (values: Values): Promise<void> => {
    const written = `${file}.${randomUUID()}${temporarySuffix}`;
    try {
      await writeDurably(written, `${JSON.stringify(Object.fromEntries(values), null, 2)}\n`);
      await rename(written, file);
      await sync(dirname(file));
    } finally {
      await rm(written, { force: true });
    }
  };

  return {
    get: async (name) => (await read()).get(name),
    put: (name, value) => exclusively('put', () => orStorageFull(async () => replace(new Map([...(await read()), [name, value]])))),
  };
};

// What a crash left holds secrets too.
const sweep = (file: string): void => {
  for (const name of readdirSync(dirname(file))) {
    if (name.startsWith(`${basename(file)}.`) && name.endsWith(temporarySuffix)) rmSync(join(dirname(file), name), { force: true });
  }
};
