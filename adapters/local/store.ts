import { join } from 'node:path';
import { open } from 'lmdb';
import type { Clock } from '../../domain/kernel/clock.ts';
import { failed, Rejected } from '../../domain/kernel/failure.ts';
import { claimDataFolder } from './data-folder.ts';
import { hasExpired, sweepExpired } from './expiry.ts';
import { type Environment, type GroupCommit, groupCommit, rejectionOf } from './group-commit.ts';
import { type Names, names } from './names.ts';
import { checkStoreFile } from './store-file.ts';
import { type LocalTable, type LocalTableDeclaration, layOutTable, localTable } from './table.ts';
import { pageSize } from './table-keys.ts';
import type { TableLayout } from './table-writes.ts';

/** Everything the platform keeps on a laptop, but for objects: one LMDB environment in a data folder that one process holds. */
export type LocalStore = {
  /** Opens a table, and makes it where it is new. Throws `Rejected` `table-redeclared` where it is open under another declaration. */
  table(name: string, declaration: LocalTableDeclaration): LocalTable;
  /** Removes items whose life has ended. Happens by itself once a minute. */
  sweep(): Promise<void>;
  /** Refuses new writes, waits for the accepted ones, lets go of the folder. */
  close(): Promise<void>;
  /** For this folder's adapters alone. */
  readonly inner: StoreInterior;
};

export type StoreInterior = {
  readonly environment: Environment;
  readonly commit: GroupCommit;
  readonly names: Names;
  readonly clock: Clock;
  /** Of an open table; throws `Rejected` `unknown-table`. */
  layout(table: string): TableLayout;
  /** Of what has this name in this process: who waits for it, and what was done once. */
  channel(name: string): Channel;
};

export type Channel = { readonly listeners: Set<() => void>; readonly notify: () => void; recovered: boolean };

type OpenTable = { readonly table: LocalTable; readonly layout: TableLayout; readonly declared: string };

const sweepEveryMillis = 60_000;

/** Opens the store in a folder (made where there is none). Throws `Rejected`: see `claimDataFolder`; `storage-full` or `storage-failed` where it cannot be opened. */
export const openStore = (folder: string, { clock }: { readonly clock: Clock }): LocalStore => {
  const claim = claimOrReject(folder);
  const environment = openEnvironment(folder, claim);
  const commit = groupCommit(environment);
  const given = names(environment);
  const tables = new Map<string, OpenTable>();
  const channels = new Map<string, Channel>();

  const sweep = async () => {
    const layouts = new Map([...tables.values()].map(({ layout }) => [layout.id, layout]));
    const once = () => commit.write((transaction) => sweepExpired(environment, transaction, layouts, clock.now()));
    if (hasExpired(environment, clock.now())) while (await once());
  };
  // A sweep that fails (a full disk, a store being closed) is made up for by the next one.
  const timer = setInterval(() => void sweep().catch(() => undefined), sweepEveryMillis).unref();

  const openTable = (name: string, declaration: LocalTableDeclaration, declared: string): OpenTable => {
    const layout = layOutTable(environment, given, name, declaration);
    return { layout, declared, table: localTable(environment, commit, layout, clock) };
  };

  return {
    table(name, declaration) {
      const declared = JSON.stringify([declaration.indexes ?? {}, declaration.changes ?? false]);
      const known = tables.get(name) ?? openTable(name, declaration, declared);
      if (known.declared !== declared)
        throw new Rejected(failed('conflict', 'table-redeclared', `The table ${name} is open under another declaration.`));
      tables.set(name, known);
      return known.table;
    },
    sweep,
    async close() {
      clearInterval(timer);
      await commit.close();
      await environment.close();
      claim.release();
    },
    inner: {
      environment,
      commit,
      names: given,
      clock,
      layout(name) {
        const known = tables.get(name);
        if (known === undefined) throw new Rejected(failed('not-found', 'unknown-table', `No table ${name} is open.`));
        return known.layout;
      },
      channel(name) {
        const channel = channels.get(name) ?? newChannel();
        channels.set(name, channel);
        return channel;
      },
    },
  };
};

const newChannel = (): Channel => {
  const listeners = new Set<() => void>();
  return {
    listeners,
    recovered: false,
    notify: () => {
      for (const listener of listeners) listener();
    },
  };
};

const claimOrReject = (folder: string): { release(): void } => {
  try {
    return claimDataFolder(folder);
  } catch (error) {
    throw unusable(folder, error);
  }
};

/** Whoever starts a platform reads this: it says which folder, and why. */
const unusable = (folder: string, error: unknown): Rejected => {
  const rejected = rejectionOf(error);
  if (rejected.failure.code !== 'storage-failed') return rejected;
  const named = new Rejected(failed('unavailable', 'storage-failed', `The data folder ${folder} cannot be used: ${reasonOf(error)}.`));
  named.cause = error;
  return named;
};

const reasonOf = (error: unknown): string => {
  const { code, message } = error instanceof Error ? (error as NodeJS.ErrnoException) : { message: String(error) };
  if (code === 'EEXIST' || code === 'ENOTDIR') return 'it is a file, or lies in one; choose a folder (HYBRID_DATA_DIR)';
  if (code === 'EACCES' || code === 'EPERM' || code === 'EROFS')
    return `this user may not write there (${code}); choose another folder (HYBRID_DATA_DIR)`;
  return message;
};

const openEnvironment = (folder: string, claim: { release(): void }): Environment => {
  try {
    checkStoreFile(join(folder, 'store', 'data.mdb'), pageSize);
    return open<Buffer, Buffer>({
      path: join(folder, 'store'),
      keyEncoding: 'binary',
      encoding: 'binary',
      pageSize,
    });
  } catch (error) {
    claim.release();
    throw unusable(folder, error);
  }
};
