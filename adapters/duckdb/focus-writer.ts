import { createReadStream } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { DuckDBAppender, DuckDBConnection } from '@duckdb/node-api';
import type { ExportWriter } from '../../domain/billing/export-writer.ts';
import { type FocusRow, focusColumns } from '../../domain/billing/focus.ts';
import { orReject } from '../../domain/kernel/failure.ts';
import type { ObjectStore } from '../../domain/kernel/object-store.ts';

// Prices have at most 12 decimals and quantities 6, so that a cost has at most 18; the 20 digits before the point are what DECIMAL's 38 leave.
const decimal = 'DECIMAL(38,18)';
const flushEvery = 10_000;

const settings = {
  memory_limit: '256MB',
  threads: '1',
  autoinstall_known_extensions: 'false',
  autoload_known_extensions: 'false',
};

const quoted = (path: string): string => `'${path.replaceAll("'", "''")}'`;

/** Runs with an engine that is loaded when first needed, on a database file of its own, so that rows never have to fit in memory. */
const withEngine = async (work: (connection: DuckDBConnection, folder: string) => Promise<void>): Promise<void> => {
  const folder = await mkdtemp(join(tmpdir(), 'focus-export-'));
  try {
    const { DuckDBInstance } = await import('@duckdb/node-api');
    const instance = await DuckDBInstance.create(join(folder, 'staging.duckdb'), { ...settings, temp_directory: folder });
    const connection = await instance.connect();
    try {
      await work(connection, folder);
    } finally {
      connection.closeSync();
      instance.closeSync();
    }
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
};

const append = (appender: DuckDBAppender, row: FocusRow): void => {
  for (const { name } of focusColumns) {
    const value = row[name];
    if (value === null) appender.appendNull();
    else appender.appendVarchar(value);
  }
  appender.endRow();
};

/** Rows are staged as text: decimals stay exactly what they are, and both files are made of the same table. */
const stage = async (connection: DuckDBConnection, rows: AsyncIterable<FocusRow>): Promise<void> => {
  await connection.run(`CREATE TABLE staged (${focusColumns.map(({ name }) => `"${name}" VARCHAR`).join(', ')})`);
  const appender = await connection.createAppender('staged');
  let count = 0;
  for await (const row of rows) {
    append(appender, row);
    count++;
    if (count % flushEvery === 0) appender.flushSync();
  }
  appender.closeSync();
};

const typed = ({ name, type }: (typeof focusColumns)[number]): string => {
  if (type === 'decimal') return `CAST("${name}" AS ${decimal}) AS "${name}"`;
  if (type === 'time') return `make_timestamptz(epoch_us(strptime("${name}", '%Y-%m-%dT%H:%M:%SZ'))) AS "${name}"`;
  return `"${name}"`;
};

const upload = async (objects: ObjectStore, key: string, path: string, contentType: string): Promise<void> => {
  orReject(await objects.put(key, createReadStream(path), { contentType }));
};

/** FOCUS files through DuckDB (https://duckdb.org/docs/stable/data/parquet/overview), with memory and threads bounded and no extension fetched. */
export const focusWriter = (): ExportWriter => ({
  put: (rows, objects, keys) =>
    withEngine(async (connection, folder) => {
      const [csv, parquet] = [join(folder, 'focus.csv'), join(folder, 'focus.parquet')];
      await stage(connection, rows);
      await connection.run(`COPY staged TO ${quoted(csv)} (FORMAT csv, HEADER)`);
      await connection.run(
        `COPY (SELECT ${focusColumns.map(typed).join(', ')} FROM staged) TO ${quoted(parquet)} (FORMAT parquet, COMPRESSION zstd)`,
      );
      await upload(objects, keys.csv, csv, 'text/csv; charset=utf-8');
      await upload(objects, keys.parquet, parquet, 'application/vnd.apache.parquet');
    }),
});
