import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DuckDBInstance } from '@duckdb/node-api';
import createBig from 'big.js';
import type { HttpClient } from '../../tools/http-client.ts';
import type { Billed } from './billing.ts';
import { claim, section, show } from './report.ts';

type Export = { readonly rows: number; readonly billedCost: string };

const download = async (reader: HttpClient, folder: string, file: string): Promise<string> => {
  const { status, bytes } = await reader.download(`/v1/exports/focus/${file}`);
  claim(`${file} can be had`, status === 200 && bytes.length > 0, status);
  const path = join(folder, `focus-${file}`);
  writeFileSync(path, bytes);
  return path;
};

/** Adds up a file with an engine of its own, in exact decimals. */
const read = async (from: string): Promise<Export> => {
  const instance = await DuckDBInstance.create(':memory:');
  const connection = await instance.connect();
  const query = `SELECT count(*)::VARCHAR, coalesce(sum(CAST("BilledCost" AS DECIMAL(38,18))), 0)::VARCHAR FROM ${from}`;
  const [[rows, billedCost] = []] = (await connection.runAndReadAll(query)).getRowsJson();
  connection.closeSync();
  instance.closeSync();
  return { rows: Number(rows), billedCost: createBig(String(billedCost)).toFixed() };
};

const quoted = (path: string): string => `'${path.replaceAll("'", "''")}'`;

/** Keeps both FOCUS files, reads them back and compares them with the invoices. */
export const exportCosts = async ({ period, invoices, reader }: Billed, folder: string): Promise<readonly string[]> => {
  section('The FOCUS export');
  const csv = await download(reader, folder, `${period}.csv`);
  const parquet = await download(reader, folder, `${period}.parquet`);
  const fromCsv = await read(`read_csv(${quoted(csv)}, header = true, all_varchar = true)`);
  const fromParquet = await read(`read_parquet(${quoted(parquet)})`);
  const total = invoices.reduce((sum, invoice) => sum.plus(invoice.total), createBig(0));
  show('rows in the Parquet file', fromParquet.rows);
  show('BilledCost in the Parquet file', fromParquet.billedCost);
  show(invoices.length === 1 ? 'the invoice' : 'the invoices', total.toFixed(2));
  claim("the Parquet file's total equals what was invoiced, to the cent", createBig(fromParquet.billedCost).eq(total), fromParquet);
  claim('the CSV file says the same', fromCsv.rows === fromParquet.rows && createBig(fromCsv.billedCost).eq(total), fromCsv);
  return [csv, parquet];
};
