import { describe, expect, it } from 'vitest';
import { rejection, settableClock } from '../conformance/harness.ts';
import { firestoreTable } from './table.ts';
import { type Answer, answeringClient, connectionReset, fault, type MadeAnswer, ok } from './test-answers.ts';

const collection = 'projects/p/databases/d/documents/registry';
const name = `${collection}/acme%23a:1`;
const key = { pk: 'acme#a', sk: '1' };
const readAt = '2026-11-01T12:00:01.000000Z';
const text = (stringValue: string) => ({ stringValue });

const tableOn = (answers: readonly (Answer | MadeAnswer)[], changes = false) => {
  const { client, sent, waits } = answeringClient(answers);
  return { table: firestoreTable({ collection, declaration: { changes }, client, clock: settableClock() }), sent, waits };
};
const found = (fields: object, updateTime = readAt): Answer =>
  ok([{ found: { name, fields: { pk: text(key.pk), sk: text(key.sk), ...fields }, updateTime }, readTime: readAt }]);
const missing = ok([{ missing: name, readTime: readAt }]);
type Commit = { readonly writes: readonly { readonly update: { readonly fields: Record<string, { stringValue: string }> } }[] };
const tokenIn = (body: unknown): string => (body as Commit).writes[0]?.update.fields.$write?.stringValue ?? '';

/** A commit that is made and whose answer is lost; what is sent again meets it. */
const lostAnswer = () =>
  tableOn([connectionReset(), fault(409, 'ALREADY_EXISTS'), (sent) => found({ $write: text(tokenIn(sent[0]?.body)) })]).table;

describe('a put on Firestore', () => {
  it('if absent is one commit that holds to it', async () => {
    const { table, sent } = tableOn([ok({})]);
    expect(await table.put({ ...key, n: 1 }, 'absent')).toEqual({ written: true });
    expect(sent.map(({ url }) => url)).toEqual(['https://firestore.googleapis.com/v1/projects/p/databases/d/documents:commit']);
    expect(sent[0]?.body).toMatchObject({
      writes: [{ update: { name, fields: { n: { integerValue: '1' }, pk: text('acme#a') } }, currentDocument: { exists: false } }],
    });
  });

  it('where changes are kept says when the server began with it', async () => {
    const { table, sent } = tableOn([ok({})], true);
    await table.put(key);
    expect(sent[0]?.body).toMatchObject({
      writes: [{ updateTransforms: [{ fieldPath: 'committedAt', setToServerValue: 'REQUEST_TIME' }] }],
    });
  });

  it('over a version holds to the document that had it', async () => {
    const { table, sent } = tableOn([found({ version: { integerValue: '3' } }), ok({})]);
    expect(await table.put({ ...key, version: 4 }, { version: 3 })).toEqual({ written: true });
    expect(sent[1]?.body).toMatchObject({ writes: [{ currentDocument: { updateTime: readAt } }] });
  });

  it('over a version that another has replaced meanwhile is a conflict', async () => {
    const [before, after] = [found({ version: { integerValue: '3' } }), found({ version: { integerValue: '4' } }, '2026-11-01T12:00:02Z')];
    const { table } = tableOn([before, fault(400, 'FAILED_PRECONDITION'), after]);
    expect(await table.put({ ...key, version: 4 }, { version: 3 })).toEqual({ written: false, conflict: 0 });
  });

  it('over what was written again with the same version is tried on the newer', async () => {
    const [before, after] = [found({ version: { integerValue: '3' } }), found({ version: { integerValue: '3' } }, '2026-11-01T12:00:02Z')];
    const { table, sent } = tableOn([before, fault(400, 'FAILED_PRECONDITION'), after, ok({})]);
    expect(await table.put({ ...key, version: 4 }, { version: 3 })).toEqual({ written: true });
    expect(sent[3]?.body).toMatchObject({ writes: [{ currentDocument: { updateTime: '2026-11-01T12:00:02Z' } }] });
  });

  it('is made again after contention', async () => {
    const { table, sent, waits } = tableOn([fault(409, 'ABORTED', 'Too much contention on these documents.'), ok({})]);
    expect(await table.put(key, 'absent')).toEqual({ written: true });
    expect([sent.length, waits.length]).toEqual([2, 1]);
  });

  it('whose answer was lost knows itself when it is refused because of itself', async () => {
    expect(await lostAnswer().put(key, 'absent')).toEqual({ written: true });
    expect(await lostAnswer().transact(key.pk, [{ type: 'put', item: key, if: 'absent' }])).toEqual({ written: true });
  });

  it('that another was faster with is a conflict', async () => {
    const { table } = tableOn([connectionReset(), fault(409, 'ALREADY_EXISTS'), found({ $write: text('of another') })]);
    expect(await table.put(key, 'absent')).toEqual({ written: false, conflict: 0 });
  });

  it('takes the place of what has expired and is still there', async () => {
    const { table, sent } = tableOn([
      fault(409, 'ALREADY_EXISTS'),
      found({ expiresAt: { timestampValue: '2026-11-01T11:59:59Z' } }),
      ok({}),
    ]);
    expect(await table.put(key, 'absent')).toEqual({ written: true });
    expect(sent[2]?.body).toMatchObject({ writes: [{ currentDocument: { updateTime: readAt } }] });
  });

  it.each([
    "Document 'projects/p/…' cannot be written because its size (1,200,000 bytes) exceeds the maximum allowed size of 1,048,576 bytes.",
    'too many index entries for entity',
  ])('is too large where Firestore says so: %s', async (message) => {
    const { table } = tableOn([fault(400, 'INVALID_ARGUMENT', message)]);
    expect(await rejection(table.put(key))).toEqual({ failure: 'too-large', code: 'item-too-large' });
  });

  it('fails for good where Firestore refuses it otherwise', async () => {
    const { table } = tableOn([fault(403, 'PERMISSION_DENIED')]);
    expect(await rejection(table.put(key))).toEqual({ failure: 'unavailable', code: 'cloud-unavailable' });
  });
});

describe('a deletion on Firestore', () => {
  it('where changes are kept leaves a document that tells of it, for a week', async () => {
    const { table, sent } = tableOn([found({}), ok({})], true);
    expect(await table.delete(key)).toEqual({ written: true });
    expect(sent[1]?.body).toMatchObject({
      writes: [
        { update: { name, fields: { $removed: { booleanValue: true }, expiresAt: { timestampValue: '2026-11-08T12:00:00.000Z' } } } },
      ],
    });
  });

  it('of what is not there tells of nothing', async () => {
    const { table, sent } = tableOn([missing], true);
    expect(await table.delete(key)).toEqual({ written: true });
    expect(sent).toHaveLength(1);
  });
});

describe('a transaction on Firestore', () => {
  it('checks by a change of no field, or a deletion of nothing', async () => {
    const { table, sent } = tableOn([found({ version: { integerValue: '1' } }), ok({})]);
    await table.transact(key.pk, [
      { type: 'check', key, if: { version: 1 } },
      { type: 'check', key: { ...key, sk: '2' }, if: 'absent' },
      { type: 'put', item: { ...key, sk: '3' } },
    ]);
    expect(sent[1]?.body).toMatchObject({
      writes: [
        { update: { name, fields: {} }, updateMask: {}, currentDocument: { updateTime: readAt } },
        { delete: `${collection}/acme%23a:2`, currentDocument: { exists: false } },
        { update: { name: `${collection}/acme%23a:3` } },
      ],
    });
  });

  it('is refused before it is sent where Firestore could not take all of it', async () => {
    const { table, sent } = tableOn([]);
    const big = 'x'.repeat(390 * 1024);
    const writes = Array.from({ length: 30 }, (_, n) => ({ type: 'put', item: { ...key, sk: String(n), big } }) as const);
    expect(await rejection(table.transact(key.pk, writes))).toEqual({ failure: 'too-large', code: 'transaction-too-large' });
    expect(sent).toEqual([]);
  });
});

describe('a conditional delete on Firestore, of a table whose changes are not kept', () => {
  it('whose answer was lost is done where nothing is left', async () => {
    const { table } = tableOn([found({}), connectionReset(), fault(404, 'NOT_FOUND'), missing]);
    expect(await table.delete(key, 'present')).toEqual({ written: true });
  });

  it('that another was faster with is a conflict', async () => {
    const { table } = tableOn([found({}), fault(404, 'NOT_FOUND'), missing]);
    expect(await table.delete(key, 'present')).toEqual({ written: false, conflict: 0 });
  });
});
