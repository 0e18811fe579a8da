import { randomUUID } from 'node:crypto';
import type { JsonObject } from '../../../../domain/kernel/json.ts';
import { type Container, itemKey, type PartitionKey, type Range, rangeOf, ridOf, type Stored } from './container.ts';
import { effectivePartitionKey } from './effective-partition-key.ts';
import { isExpired } from './expiry.ts';

/** The items of one partition key while a transaction changes them; the container sees nothing before `commit`. */
export type Transaction = {
  readonly range: Range;
  read(id: string): Stored | undefined;
  write(id: string, document: JsonObject): Stored;
  remove(id: string): void;
  /** All changes become the range's next version together. */
  commit(): void;
};

const systemProperties = ['_rid', '_self', '_etag', '_attachments', '_ts', '_lsn'];

export const beginTransaction = (container: Container, partitionKey: PartitionKey, now: number): Transaction => {
  const range = rangeOf(container, partitionKey);
  const key = JSON.stringify(partitionKey);
  const changes = new Map<string, Stored | undefined>();
  const lsn = range.lsn + 1;

  const read = (id: string): Stored | undefined => {
    const name = itemKey(key, id);
    const stored = changes.has(name) ? changes.get(name) : range.items.get(name);
    return stored === undefined || isExpired(container, stored, now) ? undefined : stored;
  };

  return {
    range,
    read,
    write(id, document) {
      const sequence = read(id)?.sequence ?? container.nextSequence++;
      const stored = {
        ...storedOf(container, document, sequence, Math.floor(now / 1000)),
        id,
        partitionKey: key,
        effectiveKey: effectivePartitionKey(partitionKey),
        lsn,
      };
      changes.set(itemKey(key, id), stored);
      return stored;
    },
    remove: (id) => void changes.set(itemKey(key, id), undefined),
    commit() {
      if (changes.size === 0) return;
      range.lsn = lsn;
      for (const [name, stored] of changes) {
        if (stored === undefined) range.items.delete(name);
        else range.items.set(name, stored);
      }
    },
  };
};

const storedOf = ({ rid }: Container, document: JsonObject, sequence: number, changedAt: number) => {
  const etag = `"${randomUUID()}"`;
  const itemRid = itemRidOf(rid, sequence);
  const own = Object.fromEntries(Object.entries(document).filter(([name]) => !systemProperties.includes(name)));
  const database = ridOf(Buffer.from(rid.replaceAll('-', '/'), 'base64').subarray(0, 4));
  const system = {
    _rid: itemRid,
    _self: `dbs/${database}/colls/${rid}/docs/${itemRid}/`,
    _etag: etag,
    _attachments: 'attachments/',
    _ts: changedAt,
  };
  return { document: { ...own, ...system }, etag, sequence, changedAt };
};

const itemRidOf = (containerRid: string, sequence: number): string => {
  const number = Buffer.alloc(8);
  number.writeBigUInt64LE(BigInt(sequence));
  return ridOf(Buffer.concat([Buffer.from(containerRid.replaceAll('-', '/'), 'base64'), number]));
};
