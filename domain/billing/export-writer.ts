import type { ObjectStore } from '../kernel/object-store.ts';
import type { FocusRow } from './focus.ts';

/** The keys of the two files that hold the same rows in the same order. */
export type ExportKeys = { readonly csv: string; readonly parquet: string };

/**
 * Writes FOCUS rows as CSV (times `YYYY-MM-DDTHH:MM:SSZ`) and as Parquet (costs, prices and quantities DECIMAL(38,18), times as UTC timestamps)
 * into an object store. Rows are streamed; a source that breaks off leaves no file half-written.
 */
export type ExportWriter = { put(rows: AsyncIterable<FocusRow>, objects: ObjectStore, keys: ExportKeys): Promise<void> };
