import { describe, expect, it } from 'vitest';
import { makeIndexes } from './indexes.ts';

const indexes = makeIndexes();
const fields = [
  { fieldPath: 'pk', order: 'ASCENDING' },
  { fieldPath: 'sk', order: 'ASCENDING' },
];
indexes.declare('one', { database: 'd', collection: 'c', fields });

const filter = (fieldPath: string, op: string) => ({ fieldFilter: { field: { fieldPath }, op, value: {} } });
const query = (filters: readonly object[], orders: readonly (readonly [string, string])[], collectionId = 'c') => ({
  from: [{ collectionId }],
  where: { compositeFilter: { op: 'AND', filters } },
  orderBy: orders.map(([fieldPath, direction]) => ({ field: { fieldPath }, direction })),
});
const partition = filter('pk', 'EQUAL');

describe('a query of Firestore', () => {
  it('is served by the index of its equality and its order', () => {
    expect(indexes.refusalOf('d', query([partition], [['sk', 'ASCENDING']]))).toBeUndefined();
    const ranged = [partition, filter('sk', 'GREATER_THAN')];
    expect(
      indexes.refusalOf(
        'd',
        query(ranged, [
          ['sk', 'ASCENDING'],
          ['__name__', 'ASCENDING'],
        ]),
      ),
    ).toBeUndefined();
  });

  it('needs no declared index where it is by one field', () => {
    expect(
      indexes.refusalOf(
        'd',
        query(
          [filter('at', 'GREATER_THAN')],
          [
            ['at', 'ASCENDING'],
            ['__name__', 'ASCENDING'],
          ],
        ),
      ),
    ).toBeUndefined();
    expect(indexes.refusalOf('d', { from: [{ collectionId: 'c' }] })).toBeUndefined();
  });

  it('is refused by one field where the field keeps no index of its own, or none in its direction', () => {
    const told = makeIndexes();
    told.set('every', { database: 'd', collection: 'c', field: '*', orders: [] });
    told.set('at', { database: 'd', collection: 'c', field: 'at', orders: ['ASCENDING'] });
    const by = (field: string, direction: string) => told.refusalOf('d', query([], [[field, direction]]));
    expect(by('at', 'ASCENDING')).toBeUndefined();
    expect(by('at', 'DESCENDING')).toMatch(/requires an index on d\/c: at DESCENDING/);
    expect(by('other', 'ASCENDING')).toBeDefined();
    expect(told.refusalOf('d', query([partition], []))).toBeDefined();
    expect(told.refusalOf('d', query([filter('at', 'EQUAL')], []))).toBeUndefined();
    expect(told.refusalOf('d', query([partition], [], 'other'))).toBeUndefined();
    told.forget('every');
    expect(by('other', 'ASCENDING')).toBeUndefined();
  });

  it('is refused in the other direction, of another field, or where the index is another collection’s', () => {
    expect(indexes.refusalOf('d', query([partition], [['sk', 'DESCENDING']]))).toMatch(/requires an index on d\/c: pk,sk DESCENDING/);
    expect(indexes.refusalOf('d', query([partition], [['at', 'ASCENDING']]))).toBeDefined();
    expect(indexes.refusalOf('d', query([partition], [['sk', 'ASCENDING']], 'other'))).toBeDefined();
    expect(indexes.refusalOf('other', query([partition], [['sk', 'ASCENDING']]))).toBeDefined();
  });
});
