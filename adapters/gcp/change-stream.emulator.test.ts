import { describe, expect, it } from 'vitest';
import type { Doorbell } from '../../functions/entries/doorbell/doorbell.ts';
import { changeStreamConformance } from '../conformance/change-stream.ts';
import { doorbellCases, drainer, readAll } from '../conformance/doorbell.ts';
import type { Consumer } from '../conformance/polled-consumer.ts';
import { systemClock } from '../system/system-clock.ts';
import { firestoreDoorbell, partitionOf } from './change-stream.ts';
import { documentId } from './firestore.ts';
import { firestoreTable } from './table.ts';
import { emulatorClient, testCollection } from './test-emulator.ts';

const client = emulatorClient();
const openAt = (collection: string) => {
  const doorbell: Doorbell = firestoreDoorbell({ client, collectionOf: () => collection });
  const table = firestoreTable({ collection, declaration: { changes: true }, client, clock: systemClock });
  return { doorbell, table };
};

changeStreamConformance('Firestore emulator', async () => {
  const running = new Set<Consumer>();
  let collection = testCollection();
  const stopAll = async () => {
    await Promise.all([...running].map((one) => one.stop()));
    running.clear();
  };
  return {
    async table() {
      collection = testCollection();
      return openAt(collection).table;
    },
    async restart() {
      await stopAll();
      return openAt(collection).table;
    },
    subscribe(consumer, handler, options) {
      const subscription = drainer(openAt(collection).doorbell, 'things').subscribe(consumer, handler, options);
      running.add(subscription);
      return {
        stop() {
          running.delete(subscription);
          return subscription.stop();
        },
      };
    },
    drain: async () => void (await Promise.all([...running].map((one) => one.idle()))),
    dispose: stopAll,
  };
});

describe('the doorbell of Firestore', () => {
  const pk = 'acme#log';
  doorbellCases(() => openAt(testCollection()));

  it('passes over nothing of what many write while it reads', async () => {
    const { table, doorbell } = openAt(testCollection());
    const [writers, rounds] = [6, 12];
    let writing = true;
    const write = async (writer: number): Promise<void> => {
      for (let n = 0; n < rounds; n++) await table.put({ pk, sk: `${writer}-${n}` }, 'absent');
    };
    const written = Promise.all(Array.from({ length: writers }, (_, writer) => write(writer))).then(() => {
      writing = false;
    });
    const seen: string[] = [];
    let sequence: string | undefined;
    for (let wasWriting = true; wasWriting; ) {
      wasWriting = writing;
      const read = await readAll(doorbell, pk, sequence, 5);
      seen.push(...read.names);
      sequence = read.sequence;
    }
    await written;
    expect(seen).toHaveLength(writers * rounds);
    expect(new Set(seen).size).toBe(writers * rounds);
  });

  it('tells of partitions that changed since a moment, and of no others', async () => {
    const { table, doorbell } = openAt(testCollection());
    await table.put({ pk: 'acme#old', sk: 'a' });
    await new Promise((resolve) => setTimeout(resolve, 30));
    const since = new Date();
    await table.put({ pk: 'acme#a', sk: 'a' });
    await table.put({ pk: 'acme#a', sk: 'b' });
    await table.put({ pk: 'acme#b', sk: 'a' });
    const told: string[] = [];
    for await (const partition of doorbell.changedSince('things', since)) told.push(partition);
    expect(new Set(told)).toEqual(new Set(['acme#a', 'acme#b']));
  });

  it('knows the partition of a document by its name', () => {
    for (const key of [
      { pk, sk: 'state#a/b' },
      { pk: 'ä/ö: %', sk: ':' },
    ])
      expect(partitionOf(`projects/p/databases/d/documents/registry/${documentId(key)}`)).toBe(key.pk);
    expect(partitionOf(documentId({ pk: 'ä'.repeat(500), sk: 'a' }))).toBeUndefined();
    expect(partitionOf(undefined)).toBeUndefined();
  });
});
