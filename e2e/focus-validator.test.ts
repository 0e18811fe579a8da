import { copyFileSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { focusWriter } from '../adapters/duckdb/focus-writer.ts';
import { localObjectStore } from '../adapters/local/object-store.ts';
import { type FocusRow, focusRows } from '../domain/billing/focus.ts';
import type { PlanSnapshot } from '../domain/billing/invoice.ts';
import { priceInvoice } from '../domain/billing/invoice.ts';
import type { Period } from '../domain/billing/period.ts';
import { knownFindings, validateFocus } from '../tools/focus-validator/run.ts';

const tiers = [
  { upTo: '1000', unitPrice: '0' },
  { upTo: null, unitPrice: '0.0005', flatFee: '2.5' },
];
const plan = (currency: string): PlanSnapshot => ({
  id: 'growth',
  version: 1,
  name: 'Growth',
  currency,
  flatFee: '49.00',
  prices: [
    { meter: 'inference.requests', model: 'unit', unitPrice: '0.0004' },
    { meter: 'inference.rows', model: 'graduated', tiers },
    { meter: 'inference.compute_seconds', model: 'volume', tiers },
  ],
});
const quantities = { 'inference.requests': '1437', 'inference.rows': '4311', 'inference.compute_seconds': '12.345678' };
const invoices = ['JPY', 'USD', 'KWD'].map((currency, index) =>
  priceInvoice(
    {
      tenantId: `tenant-${index}`,
      accountName: `Tenant ${index}`,
      period: '2026-11' as Period,
      status: 'issued',
      at: '2026-12-01T00:00:00Z',
    },
    plan(currency),
    quantities,
  ),
);

async function* rows(): AsyncGenerator<FocusRow> {
  for (const invoice of invoices) yield* focusRows(invoice);
}

let folder: string;
const keys = { csv: 'focus.csv', parquet: 'focus.parquet' };
const store = () =>
  localObjectStore({ folder, name: 'exports', baseUrl: () => '', signingKey: Buffer.alloc(32), clock: { now: () => new Date() } });
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'focus-validator-test-'));
  await focusWriter().put(rows(), store(), keys);
  for (const name of Object.values(keys)) copyFileSync(String(store().pathOf(name)), join(folder, name));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const installing = 600_000;

it.each(['csv', 'parquet'] as const)(
  'the FinOps validator finds nothing in the %s export but the two rules that ignore their own condition',
  (format) => expect(validateFocus(join(folder, keys[format]))).toEqual(knownFindings),
  installing,
);
