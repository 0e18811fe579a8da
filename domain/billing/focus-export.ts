import { type Failure, failed, isFailure } from '../kernel/failure.ts';
import type { ObjectBody, ObjectStore } from '../kernel/object-store.ts';
import { platformTenant, type TenantId } from '../kernel/tenancy.ts';
import { invoiceKey, invoiceOf } from './account.ts';
import { type Books, invoicesOf, periodStatus } from './closing.ts';
import type { ExportKeys, ExportWriter } from './export-writer.ts';
import { type FocusRow, focusRows } from './focus.ts';
import type { Invoice } from './invoice.ts';
import { type Period, parsePeriod } from './period.ts';

export type ExportFormat = keyof ExportKeys;
export type Exporting = { readonly books: Pick<Books, 'accounts'>; readonly exports: ObjectStore; readonly exportWriter: ExportWriter };

/**
 * A tenant's files hold its own rows; the platform's hold everybody's. They lie as clouds lay out their own cost exports, a folder a month, so that
 * one query reads both.
 */
export const exportKeys = (tenant: TenantId, period: Period): ExportKeys => ({
  csv: `${tenant}/focus/csv/billing_period=${period}/focus.csv`,
  parquet: `${tenant}/focus/data/billing_period=${period}/focus.parquet`,
});

async function* invoicesFor({ accounts }: Pick<Books, 'accounts'>, tenant: TenantId, period: Period): AsyncGenerator<Invoice> {
  if (tenant === platformTenant) return yield* invoicesOf({ accounts }, period);
  const item = await accounts.get(invoiceKey(tenant, period));
  if (item !== undefined) yield invoiceOf(item);
}

async function* rowsOf(invoices: AsyncIterable<Invoice>): AsyncGenerator<FocusRow> {
  for await (const invoice of invoices) yield* focusRows(invoice);
}

/** Writes both files of a tenant's (or the platform's) export. A closed period's never change, so that writing them again is harmless. */
export const writeExport = ({ books, exports, exportWriter }: Exporting, tenant: TenantId, period: Period): Promise<void> =>
  exportWriter.put(rowsOf(invoicesFor(books, tenant, period)), exports, exportKeys(tenant, period));

export type ExportFailure = Failure<'export-not-found'>;
export type OpenedExport = {
  readonly body: ObjectBody;
  readonly sizeBytes: number;
  readonly format: ExportFormat;
  /** A URL by which the same can be read for a quarter of an hour. */
  readonly url: () => Promise<string>;
};

const readableSeconds = 900;

const filePattern = /^(.{7})\.(csv|parquet)$/;

/** A file such as `2026-11.parquet` of a closed period. A tenant's own files are made when they are first asked for. */
export const openExport = async (ports: Exporting, tenant: TenantId, file: string): Promise<OpenedExport | Failure> => {
  const notFound = failed(
    'not-found',
    'export-not-found',
    `There is no export "${file.slice(0, 40)}": a closed period has yyyy-mm.csv and yyyy-mm.parquet.`,
  );
  const [, month = '', extension = ''] = filePattern.exec(file) ?? [];
  const period = parsePeriod(month);
  if (isFailure(period) || (await periodStatus(ports.books, period)) !== 'closed') return notFound;
  const format: ExportFormat = extension === 'csv' ? 'csv' : 'parquet';
  const key = exportKeys(tenant, period)[format];
  if ((await ports.exports.head(key)) === undefined) await writeExport(ports, tenant, period);
  const found = await ports.exports.get(key);
  if (found === undefined) return notFound;
  if (isFailure(found)) return found;
  return { body: found.body, sizeBytes: found.info.sizeBytes, format, url: () => ports.exports.presign('GET', key, readableSeconds) };
};
