import createBig from 'big.js';
import type { HttpClient } from '../../tools/http-client.ts';
import { waitUntil } from '../../tools/wait-until.ts';
import { heldOut } from './evaluation.ts';
import { expectStatus, type Platform } from './platform.ts';
import { claim, say, section, show, table } from './report.ts';
import type { Tenant } from './tenant.ts';

type Line = { readonly meter: string | null; readonly description: string; readonly quantity: string; readonly amount: string };
export type Invoice = {
  readonly id: string;
  readonly tenantId: string;
  readonly period: string;
  readonly currency: string;
  readonly status: string;
  readonly lines: readonly Line[];
  readonly total: string;
};

/** Rows are free up to 500 and 0.0005 each after that, so that both tiers are used. */
const growth = {
  name: 'Growth',
  currency: 'USD',
  flatFee: '49.00',
  prices: [
    { meter: 'inference.requests', model: 'unit', unitPrice: '0.0004' },
    {
      meter: 'inference.rows',
      model: 'graduated',
      tiers: [
        { upTo: '500', unitPrice: '0' },
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

const halfEven = 2;

/** What the plan makes of the usage, worked out here and not by the platform. Compute time is below the first tier's end. */
const expectedAmounts = (requests: number, computeSeconds: string) => {
  const rowsCharged = Math.max(0, requests - 500);
  return {
    flat: '49.00',
    requests: createBig(requests).times('0.0004').round(2, halfEven).toFixed(2),
    rows: createBig(rowsCharged).times('0.0005').round(2, halfEven).toFixed(2),
    compute: createBig(computeSeconds).times('0.02').plus('1.00').round(2, halfEven).toFixed(2),
  };
};

/** Waits until the usage of both runs shows, and claims that it is all of it. */
const checkUsage = async (client: HttpClient): Promise<number> => {
  const requests = 2 * heldOut.images.length;
  type Usage = { readonly data: readonly { readonly meter: string; readonly value: string }[] };
  const count = (usage: Usage) =>
    usage.data.filter(({ meter }) => meter === 'inference.requests').reduce((sum, { value }) => sum + Number(value), 0);
  const read = async () => count(expectStatus(await client.get<Usage>('/v1/usage?granularity=day'), 200, 'Reading the usage'));
  const metered = await waitUntil(`the usage of ${requests} requests`, async () => ((await read()) >= requests ? read() : undefined), {
    // Some clouds fold usage once a minute.
    withinMillis: 90_000,
  });
  claim(`${requests} requests were sent and ${metered} metered`, metered === requests, metered);
  return requests;
};

const subscribe = async ({ admin }: Platform, { id }: Tenant): Promise<void> => {
  const plan = 'demo-growth';
  expectStatus(await admin.put(`/v1/billing/plans/${plan}`, growth), 200, 'Defining the plan');
  expectStatus(await admin.put(`/v1/billing/accounts/${id}/subscription`, { plan }), 200, 'Subscribing');
  show('plan', `${growth.name}: ${growth.flatFee} ${growth.currency} a month, and by use`);
};

const printInvoice = ({ id, period, currency, status, lines, total }: Invoice): void => {
  say(`  Invoice ${id} for ${period}, ${status}`);
  const rows = lines.map(({ description, quantity, amount }) => [description, quantity, amount]);
  table([['', 'quantity', currency], ...rows, ['Total', '', total]]);
};

const checkInvoice = (invoice: Invoice, requests: number): void => {
  const line = (meter: string | null) => invoice.lines.find((one) => one.meter === meter);
  const compute = line('inference.compute_seconds');
  const expected = expectedAmounts(requests, compute?.quantity ?? '0');
  const amounts = [null, 'inference.requests', 'inference.rows', 'inference.compute_seconds'].map((meter) => line(meter)?.amount);
  const worked = [expected.flat, expected.requests, expected.rows, expected.compute];
  claim(
    'it bills each request and each row once',
    [line('inference.requests'), line('inference.rows')].every((one) => one?.quantity === String(requests)),
    invoice.lines,
  );
  claim('it bills the time that the models ran', Number(compute?.quantity) > 0, compute);
  claim(`each line is what the plan makes of it: ${worked.join(', ')}`, JSON.stringify(amounts) === JSON.stringify(worked), amounts);
  const sum = worked.reduce((total, amount) => total.plus(amount), createBig(0)).toFixed(2);
  claim('the total is the sum of the lines', invoice.total === sum, `${invoice.total}, ${sum}`);
};

/** What was billed: the invoice whose costs the exports must show, and who may read them. */
export type Billed = { readonly period: string; readonly invoices: readonly Invoice[]; readonly reader: HttpClient };

/** Subscribes the tenant, closes the running period and shows the invoice. */
export const billTenant = async (platform: Platform, tenant: Tenant): Promise<Billed> => {
  section('The bill');
  const requests = await checkUsage(tenant.client);
  await subscribe(platform, tenant);
  const preview = expectStatus(await tenant.client.get<Invoice>('/v1/invoices/preview'), 200, 'Reading the preview');
  const running = new Date().toISOString().slice(0, 7);
  const open = preview.period === running;
  if (!platform.own && open) say(`  Closing ${running} by force bills every tenant of this platform for what it used so far.`);
  const close = `/v1/billing/periods/${running}/close`;
  const closed = expectStatus(await platform.admin.post<{ status: string }>(close, { force: true }), 200, 'Closing the period');
  claim(`the period ${running} is closed`, closed.status === 'closed', closed);
  return open ? billedNow(tenant, running, requests) : billedBefore(platform, preview, running, requests);
};

const billedNow = async ({ client }: Tenant, period: string, requests: number): Promise<Billed> => {
  const { data } = expectStatus(await client.get<{ data: readonly Invoice[] }>('/v1/invoices'), 200, 'Reading the invoices');
  claim('the tenant got one invoice', data.length === 1 && data[0]?.period === period && data[0].status === 'issued', data);
  for (const invoice of data) {
    printInvoice(invoice);
    checkInvoice(invoice, requests);
  }
  return { period, invoices: data, reader: client };
};

/** On a platform where the month was closed before: what is used now is billed with the next one, which cannot be closed before it begins. */
const billedBefore = async ({ admin }: Platform, preview: Invoice, period: string, requests: number): Promise<Billed> => {
  say(`  ${period} was closed before this run. What this tenant used joins ${preview.period}, whose invoice will be:`);
  printInvoice(preview);
  checkInvoice(preview, requests);
  const invoices = await invoicesOf(admin, period);
  say(
    `  The exports below are therefore the whole platform's of ${period}, with ${invoices.length} invoice(s), as the platform's administrator reads them.`,
  );
  return { period, invoices, reader: admin };
};

const invoicesOf = async (admin: HttpClient, period: string): Promise<readonly Invoice[]> => {
  const invoices: Invoice[] = [];
  for (let cursor: string | null = ''; cursor !== null; ) {
    const path: string = `/v1/invoices?limit=1000${cursor === '' ? '' : `&cursor=${encodeURIComponent(cursor)}`}`;
    const page: { data: readonly Invoice[]; next: string | null } = expectStatus(
      await admin.get(path),
      200,
      'Reading the invoices',
    ) as never;
    invoices.push(...page.data.filter((invoice) => invoice.period === period));
    cursor = page.next;
  }
  return invoices;
};
