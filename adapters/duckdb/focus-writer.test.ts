import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DuckDBInstance } from '@duckdb/node-api';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type FocusRow, focusColumns, focusRows } from '../../domain/billing/focus.ts';
import { priceInvoice } from '../../domain/billing/invoice.ts';
import type { Period } from '../../domain/billing/period.ts';
import { failed, Rejected } from '../../domain/kernel/failure.ts';
import { exact } from '../../domain/kernel/money.ts';
import { localObjectStore } from '../local/object-store.ts';
import { focusWriter } from './focus-writer.ts';

const plan = {
  id: 'growth',
  version: 2,
  name: 'Growth',
  currency: 'USD',
  flatFee: '49.00',
  prices: [
    { meter: 'inference.requests', model: 'unit', unitPrice: '0.000000000001' },
    { meter: 'inference.compute_seconds', model: 'volume', tiers: [{ upTo: null, unitPrice: '0.02', flatFee: '1' }] },
  ],
} as const;
const quantities = { 'inference.requests': '1437', 'inference.rows': '0', 'inference.compute_seconds': '0.123457' };
const of = {
  tenantId: 'acme',
  accountName: 'Acme, "the" Company',
  period: '2026-11' as Period,
  status: 'issued',
  at: '2026-12-01T00:00:00Z',
} as const;
const invoice = priceInvoice(of, plan, quantities);

async function* stream(rows: readonly FocusRow[], breakOff = false): AsyncGenerator<FocusRow> {
  yield* rows;
  if (breakOff) throw new Rejected(failed('unavailable', 'broken-off', 'The source broke off.'));
}

describe('a FOCUS export', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'focus-writer-test-'));
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  const keys = { csv: 'focus.csv', parquet: 'focus.parquet' };
  const store = () =>
    localObjectStore({ folder, name: 'exports', baseUrl: () => '', signingKey: Buffer.alloc(32), clock: { now: () => new Date() } });
  const written = async (rows: AsyncIterable<FocusRow>) => {
    const objects = store();
    await focusWriter().put(rows, objects, keys);
    return { csv: objects.pathOf(keys.csv), parquet: objects.pathOf(keys.parquet) };
  };
  const ask = async (sql: string): Promise<unknown[][]> => {
    const instance = await DuckDBInstance.create(':memory:');
    const connection = await instance.connect();
    try {
      return (await connection.runAndReadAll(sql)).getRowsJson() as unknown[][];
    } finally {
      connection.closeSync();
      instance.closeSync();
    }
  };

  it('has costs as DECIMAL and times as UTC timestamps in Parquet', async () => {
    const { parquet } = await written(stream(focusRows(invoice)));
    const described = await ask(`SELECT column_name, column_type FROM (DESCRIBE SELECT * FROM read_parquet('${parquet}'))`);
    const types = { decimal: 'DECIMAL(38,18)', text: 'VARCHAR', time: 'TIMESTAMP WITH TIME ZONE' } as const;
    expect(described).toEqual(focusColumns.map(({ name, type }) => [name, types[type]]));
  });
  it('bills in Parquet exactly what the invoice says', async () => {
    const { parquet } = await written(stream(focusRows(invoice)));
    const [[sum]] = (await ask(`SELECT CAST(sum(BilledCost) AS VARCHAR) FROM read_parquet('${parquet}')`)) as [[string]];
    expect(exact(sum).eq(exact(invoice.total))).toBe(true);
    expect(await ask(`SELECT count(*) FROM read_parquet('${parquet}') WHERE ListUnitPrice * PricingQuantity <> ListCost`)).toEqual([['0']]);
  });
  it('has the same rows in the same order in both files', async () => {
    const { csv, parquet } = await written(stream(focusRows(invoice)));
    const columns = focusColumns
      .map(({ name, type }) =>
        type === 'time' ? `epoch_us("${name}"::TIMESTAMPTZ)` : type === 'decimal' ? `"${name}"::DECIMAL(38,18)` : `"${name}"`,
      )
      .join(', ');
    const fromCsv = await ask(`SELECT ${columns} FROM read_csv('${csv}', all_varchar = true)`);
    expect(fromCsv).toEqual(await ask(`SELECT ${columns} FROM read_parquet('${parquet}')`));
    expect(fromCsv).toHaveLength(focusRows(invoice).length);
  });
  it('writes times in CSV to the second, in UTC', async () => {
    const { csv } = await written(stream(focusRows(invoice)));
    expect(await ask(`SELECT DISTINCT BillingPeriodStart, ChargePeriodEnd FROM read_csv('${csv}', all_varchar = true)`)).toEqual([
      ['2026-11-01T00:00:00Z', '2026-12-01T00:00:00Z'],
    ]);
  });
  it('has all columns where there is nothing to bill', async () => {
    const { csv, parquet } = await written(stream([]));
    expect(
      await ask(
        `SELECT (SELECT count(*) FROM read_parquet('${parquet}')), (SELECT count(*) FROM (DESCRIBE SELECT * FROM read_csv('${csv}', all_varchar = true)))`,
      ),
    ).toEqual([['0', String(focusColumns.length)]]);
  });
  it('leaves nothing where its source breaks off', async () => {
    const before = readdirSync(tmpdir()).filter((name) => name.startsWith('focus-export-'));
    await expect(written(stream(focusRows(invoice), true))).rejects.toThrow(Rejected);
    expect([(await store().list('')).items, readdirSync(tmpdir()).filter((name) => name.startsWith('focus-export-'))]).toEqual([
      [],
      before,
    ]);
  });
});
