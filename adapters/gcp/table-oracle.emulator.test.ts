import { Firestore, Timestamp } from '@google-cloud/firestore';
import * as fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Item, Table } from '../../domain/kernel/table.ts';
import { systemClock } from '../system/system-clock.ts';
import { firestoreDoorbell } from './change-stream.ts';
import { documentId } from './firestore.ts';
import { firestoreTable } from './table.ts';
import { emulatorClient, emulatorEnvironment, testCollection } from './test-emulator.ts';

const pk = 'acme#things';
const declaration = { indexes: { byColour: { partition: 'colour', sort: 'size' } } } as const;

/** JSON that Firestore has types for, in names that it takes. */
const name = fc
  .string({ unit: 'grapheme', minLength: 1, maxLength: 6 })
  .filter((text) => !['pk', 'sk', '$json', '$write', '$removed', 'committedAt', 'expiresAt', '__proto__'].includes(text))
  .filter((text) => !/^__.*__$/s.test(text));
const scalar = fc.oneof(
  fc.string({ unit: 'grapheme' }),
  fc.boolean(),
  fc.constant(null),
  fc.integer(),
  fc.double({ noNaN: true, noDefaultInfinity: true }),
);
const { json } = fc.letrec((tie) => ({
  json: fc.oneof({ maxDepth: 3 }, scalar, fc.array(fc.oneof(scalar, tie('map')), { maxLength: 4 }), tie('map')),
  map: fc.dictionary(name, tie('json'), { maxKeys: 4 }),
}));
const attributes = fc.dictionary(name, json, { maxKeys: 6 }).map((made) => JSON.parse(JSON.stringify(made)) as Omit<Item, 'pk' | 'sk'>);

describe('the adapter and the official client on the Firestore emulator', () => {
  const path = testCollection();
  const [, project = '', , databaseId = ''] = path.split('/');
  let table: Table;
  let official: Firestore;
  beforeAll(() => {
    const [host = '', port] = (emulatorEnvironment().FIRESTORE_EMULATOR_HOST ?? '').split(':');
    official = new Firestore({
      projectId: project,
      databaseId,
      host,
      port: Number(port),
      ssl: false,
      customHeaders: { Authorization: 'Bearer owner' },
    });
    table = firestoreTable({ collection: path, declaration, client: emulatorClient(), clock: systemClock });
  });
  afterAll(() => official.terminate());

  const documentOf = (sk: string) => official.collection('things').doc(documentId({ pk, sk }));
  const read = async (sk: string) => {
    const { $write: _, ...data } = (await documentOf(sk).get()).data() ?? {};
    return data;
  };

  it('read alike what the adapter has put', () =>
    fc.assert(
      fc.asyncProperty(attributes, async (made) => {
        const item = { ...made, pk, sk: 'ours' };
        await table.put(item);
        expect(await read('ours')).toEqual(item);
      }),
      { numRuns: 40 },
    ));

  it('read alike what the official client has set', () =>
    fc.assert(
      fc.asyncProperty(attributes, async (made) => {
        const item = { ...made, pk, sk: 'theirs' };
        await documentOf('theirs').set(item);
        expect(await table.get({ pk, sk: 'theirs' })).toEqual(item);
      }),
      { numRuns: 40 },
    ));

  it('mean the same end of an item’s life', async () => {
    await table.put({ pk, sk: 'ends', expiresAt: 4_000_000_000 });
    expect((await read('ends')).expiresAt).toEqual(new Timestamp(4_000_000_000, 0));
    await documentOf('ends').set({ pk, sk: 'ends', expiresAt: new Timestamp(1_700_000_000, 0) });
    expect(await table.get({ pk, sk: 'ends' })).toBeUndefined();
  });

  it('find the same items in the same order', async () => {
    const sks = ['b', 'a', 'ab', 'é', '日本', '😀', '\uffee'];
    for (const [n, sk] of sks.entries()) {
      const item = { pk: 'acme#order', sk, colour: 'red', size: String(n % 3) };
      if (n % 2 === 0) await table.put(item);
      else await official.collection('things').doc(documentId(item)).set(item);
    }
    const theirs = async (...fields: readonly [string, string][]) => {
      const [by = ['', ''], ...order] = fields;
      const query = order.reduce((made, [field]) => made.orderBy(field), official.collection('things').where(by[0], '==', by[1]));
      return (await query.get()).docs.map((each) => each.get('sk'));
    };
    const ours = async (found: ReturnType<Table['query']>) => (await found).items.map(({ sk }) => sk);
    expect(await ours(table.query('acme#order'))).toEqual(await theirs(['pk', 'acme#order'], ['sk', '']));
    expect(await ours(table.queryIndex('byColour', 'red'))).toEqual(await theirs(['colour', 'red'], ['size', ''], ['pk', ''], ['sk', '']));
  });

  it('race fairly: of the transactions of both, each version is won once', async () => {
    await table.put({ pk, sk: 'race', version: 0 });
    const theirs = () =>
      official.runTransaction(async (transaction) => {
        const version = (await transaction.get(documentOf('race'))).get('version') as number;
        transaction.update(documentOf('race'), { version: version + 1 });
      });
    const ours = async (): Promise<void> => {
      const { version = 0 } = (await table.get({ pk, sk: 'race' })) ?? {};
      const outcome = await table.put({ pk, sk: 'race', version: version + 1 }, { version });
      if (!outcome.written) await ours();
    };
    await Promise.all(Array.from({ length: 6 }, () => [theirs(), ours()]).flat());
    expect(await table.get({ pk, sk: 'race' })).toEqual({ pk, sk: 'race', version: 12 });
  });

  it('hear alike of what changed, in one order', async () => {
    const partition = 'acme#feed';
    const logged = firestoreTable({ collection: path, declaration: { changes: true }, client: emulatorClient(), clock: systemClock });
    for (const sk of ['c', 'a', 'b']) await logged.put({ pk: partition, sk, text: sk });
    await logged.put({ pk: partition, sk: 'c', text: 'again' });
    const { docs } = await official.collection('things').where('pk', '==', partition).orderBy('committedAt').get();
    const theirs = docs.map((document) => ({ sk: document.get('sk'), text: document.get('text') }));
    const ours = await firestoreDoorbell({ client: emulatorClient(), collectionOf: () => path }).reading('things', partition)(
      undefined,
      100,
    );
    expect(ours.map(({ item }) => ({ sk: item?.sk, text: item?.text }))).toEqual(theirs);
    expect(theirs.map(({ sk }) => sk)).toEqual(['a', 'b', 'c']);
  });
});
