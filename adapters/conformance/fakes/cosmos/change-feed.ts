import type { FakeAnswer } from '../server.ts';
import { badRequest } from './answers.ts';
import type { Stored } from './container.ts';
import { type Context, itemHeaders } from './documents.ts';
import { feedAnswer, pageSizeOf, selected } from './feeds.ts';

/**
 * The newest version of each item that changed behind `If-None-Match`, by the range's version (LSN): what was overwritten or deleted in between is not
 * in it. A page never divides a transaction, so it may be longer than asked. `etag` is where to go on; 304 says that nothing came.
 */
export const answerChangeFeed = (context: Context): FakeAnswer => {
  const { request } = context;
  if (request.header('a-im')?.toLowerCase() !== 'incremental feed')
    throw badRequest('The fake has the change feed of latest versions only (A-IM: Incremental feed).');
  const { ranges } = selected(context);
  const [only] = ranges;
  if (only === undefined || ranges.length > 1) throw badRequest('A change feed is read of one partition key range or one partition key.');
  const { range, items } = only;
  const changes = items
    .filter(isBehind(request.header('if-none-match'), request.header('if-modified-since'), range.lsn))
    .sort((one, other) => one.lsn - other.lsn);
  const page = wholeTransactions(changes, pageSizeOf(request));
  const last = page.at(-1);
  if (last === undefined) return { status: 304, headers: { ...itemHeaders(context, range, 1), etag: `"${range.lsn}"` } };
  return feedAnswer(
    context,
    range,
    page.map(({ document, lsn }) => ({ ...document, _lsn: lsn })),
    { etag: `"${last.lsn}"` },
  );
};

/** `*` is now; a version what came behind it; with a date, what changed behind that; with neither, all. */
const isBehind = (version: string | undefined, date: string | undefined, newest: number): ((stored: Stored) => boolean) => {
  if (version === '*') return () => false;
  if (version !== undefined) {
    const lsn = Number(version.replaceAll('"', ''));
    if (!Number.isInteger(lsn) || lsn > newest) throw badRequest('The If-None-Match of a change feed is a version that it gave.');
    return (stored) => stored.lsn > lsn;
  }
  const since = date === undefined ? Number.NEGATIVE_INFINITY : Date.parse(date) / 1000;
  return (stored) => stored.changedAt > since;
};

const wholeTransactions = (changes: readonly Stored[], size: number): readonly Stored[] => {
  const last = changes[Math.min(size, changes.length) - 1];
  return last === undefined ? [] : changes.filter(({ lsn }) => lsn <= last.lsn);
};
