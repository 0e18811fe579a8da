import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type DataTable, Given, Then, When } from '@cucumber/cucumber';
import { DuckDBInstance } from '@duckdb/node-api';
import createBig from 'big.js';
import type { HttpClient } from '../../tools/http-client.ts';
import { waitUntil } from '../../tools/wait-until.ts';
import { bodyOf, type Scenario } from '../support/world.ts';

type Line = { readonly meter: string | null; readonly quantity: string; readonly amount: string };
type Invoice = {
  readonly id: string;
  readonly period: string;
  readonly status: string;
  readonly lines: readonly Line[];
  readonly total: string;
};
type Usage = { readonly data: readonly { readonly tenantId: string; readonly meter: string; readonly value: string }[] };

const runningPeriod = (): string => new Date().toISOString().slice(0, 7);

export const periodAfter = (period: string): string => {
  const [year = 0, month = 0] = period.split('-').map(Number);
  return new Date(Date.UTC(year, month, 1)).toISOString().slice(0, 7);
};

const meteredRequests = async (client: HttpClient): Promise<number> => {
  const { data } = bodyOf<Usage>(await client.get('/v1/usage?granularity=hour'), 200);
  return data.filter(({ meter }) => meter === 'inference.requests').reduce((sum, { value }) => sum + Number(value), 0);
};

Given('{string} is subscribed to the Growth plan', async function (this: Scenario, tenant: string) {
  const plan = `growth-${this.suffix}`;
  const terms = {
    name: 'Growth',
    currency: 'USD',
    flatFee: '49.00',
    prices: [
      { meter: 'inference.requests', model: 'unit', unitPrice: '0.0004' },
      {
        meter: 'inference.rows',
        model: 'graduated',
        tiers: [
          { upTo: '1000', unitPrice: '0' },
          { upTo: null, unitPrice: '0.0005' },
        ],
      },
      {
        meter: 'inference.compute_seconds',
        model: 'volume',
        tiers: [
          { upTo: '10', unitPrice: '0.02', flatFee: '1.00' },
          { upTo: null, unitPrice: '0.01' },
        ],
      },
    ],
  };
  bodyOf(await this.admin.put(`/v1/billing/plans/${plan}`, terms), 200);
  bodyOf(await this.admin.put(`/v1/billing/accounts/${this.tenantId(tenant)}/subscription`, { plan }), 200);
});

When('the platform closes {word} period', async function (this: Scenario, which: string) {
  const period = which === 'the-running' ? runningPeriod() : periodAfter(runningPeriod());
  await this.answered(this.admin.post(`/v1/billing/periods/${period}/close`, {}));
});

When('the platform closes the running period by force', async function (this: Scenario) {
  await this.answered(this.admin.post(`/v1/billing/periods/${runningPeriod()}/close`, { force: true }));
});

When('{string} reads its preview', async function (this: Scenario, tenant: string) {
  await this.answered(this.as(tenant).get('/v1/invoices/preview'));
});

Then('{string} is metered for {int} request(s)', async function (this: Scenario, tenant: string, requests: number) {
  // One request that is billed comes after those that are not: once it shows, theirs would show too.
  const client = this.as(tenant);
  const seen = await waitUntil(
    'the usage to show',
    async () => ((await meteredRequests(client)) >= requests ? meteredRequests(client) : undefined),
    { withinMillis: 1000 },
  );
  assert.equal(seen, requests);
});

Then('the usage of {string} is within a second:', async function (this: Scenario, tenant: string, table: DataTable) {
  const expected = Object.fromEntries(table.raw());
  const read = async () => {
    const { data } = bodyOf<Usage>(await this.as(tenant).get('/v1/usage?granularity=day'), 200);
    const found = Object.fromEntries(data.map(({ meter, value }) => [meter, value]));
    return Object.entries(expected).every(([meter, value]) => found[meter] === value) ? data : undefined;
  };
  const data = await waitUntil(`the usage ${JSON.stringify(expected)}`, read, { withinMillis: 1000 });
  for (const row of data) assert.equal(row.tenantId, this.tenantId(tenant));
});

Then('{string} would be billed:', async function (this: Scenario, tenant: string, table: DataTable) {
  const reached = async () => {
    const invoice = bodyOf<Invoice>(await this.as(tenant).get('/v1/invoices/preview'), 200);
    return isBilled(invoice, table) ? invoice : undefined;
  };
  const invoice = await waitUntil(`the preview to become ${JSON.stringify(table.raw())}`, reached, { withinMillis: 2000 });
  assert.equal(invoice.status, 'preview');
});

const amountOf = ({ lines, total }: Invoice, name: string): string | undefined =>
  name === 'total' ? total : lines.find(({ meter }) => meter === (name === 'flat fee' ? null : name))?.amount;

const isBilled = (invoice: Invoice, table: DataTable): boolean =>
  table.raw().every(([name = '', amount]) => amountOf(invoice, name) === amount);

const invoicesOf = async (client: HttpClient): Promise<readonly Invoice[]> =>
  bodyOf<{ data: Invoice[] }>(await client.get('/v1/invoices'), 200).data;

Then('{string} has one invoice, of the running period:', async function (this: Scenario, tenant: string, table: DataTable) {
  const invoices = await invoicesOf(this.as(tenant));
  assert.deepEqual(
    invoices.map(({ period, status }) => [period, status]),
    [[runningPeriod(), 'issued']],
  );
  for (const invoice of invoices) assert.ok(isBilled(invoice, table), JSON.stringify(invoice));
  this.notes.set(`invoice of ${tenant}`, invoices[0]?.id);
  this.notes.set('running period', runningPeriod());
});

Then('{string} has no invoice', async function (this: Scenario, tenant: string) {
  assert.deepEqual(await invoicesOf(this.as(tenant)), []);
});

Then('the answer names the period after the running one', function (this: Scenario) {
  assert.equal(bodyOf<Invoice>(this.reply, 200).period, periodAfter(runningPeriod()));
});

/** Rows and summed cost of an export, read by an engine of its own in exact decimals. */
const readExport = async (
  client: HttpClient,
  format: 'csv' | 'parquet',
): Promise<{ rows: number; billedCost: string; tenants: number }> => {
  const { status, bytes } = await client.download(`/v1/exports/focus/${runningPeriod()}.${format}`);
  assert.equal(status, 200);
  const folder = mkdtempSync(join(tmpdir(), 'hybrid-export-'));
  const path = join(folder, `export.${format}`);
  writeFileSync(path, bytes);
  const instance = await DuckDBInstance.create(':memory:');
  const connection = await instance.connect();
  const from = format === 'csv' ? `read_csv('${path}', header = true, all_varchar = true)` : `read_parquet('${path}')`;
  const summed = `SELECT count(*)::VARCHAR, sum(CAST("BilledCost" AS DECIMAL(38,18)))::VARCHAR, count(DISTINCT "BillingAccountId")::VARCHAR FROM ${from}`;
  const [[rows, billedCost, tenants] = []] = (await connection.runAndReadAll(summed)).getRowsJson();
  connection.closeSync();
  instance.closeSync();
  rmSync(folder, { recursive: true });
  return { rows: Number(rows), billedCost: createBig(String(billedCost)).toFixed(2), tenants: Number(tenants) };
};

Then(
  'both exports of {string} come to {string} in the same number of rows',
  async function (this: Scenario, tenant: string, total: string) {
    const [csv, parquet] = [await readExport(this.as(tenant), 'csv'), await readExport(this.as(tenant), 'parquet')];
    assert.deepEqual(csv, parquet);
    assert.deepEqual([parquet.billedCost, parquet.tenants], [total, 1]);
  },
);

Then('its usage agrees with what was recorded', async function (this: Scenario) {
  type Verification = { agrees: boolean; facts: number; tenants: { tenantId: string; facts: number; agrees: boolean }[] };
  const checked = bodyOf<Verification>(await this.admin.get(`/v1/billing/periods/${runningPeriod()}/verification`), 200);
  assert.equal(checked.agrees, true, JSON.stringify(checked).slice(0, 1000));
  assert.ok(checked.facts > 0);
});
