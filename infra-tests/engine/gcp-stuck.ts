import { randomUUID } from 'node:crypto';
import { documentId } from '../../adapters/gcp/firestore.ts';
import { toFields } from '../../adapters/gcp/firestore-values.ts';
import type { World } from '../../tools/engine/gcp/world.ts';

/** Writes into a table, by its collection, what its consumers can never handle: an event that no context declares. */
export const putStuck = async ({ firestore }: World, collection: string, tenantId: string): Promise<void> => {
  const key = { pk: `${tenantId}#engine#stuck`, sk: 'event#engine#0000000001' };
  const about = { kind: 'event', id: randomUUID(), stream: 'engine', version: 1, at: new Date().toISOString(), by: 'engine' };
  const update = { name: `${collection}/${documentId(key)}`, fields: toFields({ ...key, ...about, event: { type: 'engine-undeclared' } }) };
  const updateTransforms = [{ fieldPath: 'committedAt', setToServerValue: 'REQUEST_TIME' }];
  const documents = collection.slice(0, collection.lastIndexOf('/'));
  await firestore('POST', `/v1/${documents}:commit`, { writes: [{ update, updateTransforms }] });
};

type Listed = { readonly items?: readonly { readonly name: string }[] };

/** The tables of which something was put aside. */
export const putAside = async ({ storage }: World, bucket: string): Promise<readonly string[]> => {
  const { items = [] } = (await storage<Listed>('GET', `/storage/v1/b/${bucket}/o`)) ?? {};
  return items.map(({ name }) => name.slice(0, name.indexOf('/'))).toSorted();
};
