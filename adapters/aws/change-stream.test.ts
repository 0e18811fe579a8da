import { describe, expect, it } from 'vitest';
import { changeOf } from './change-stream.ts';

const Keys = { pk: { S: 'acme#a' }, sk: { S: '1' } };

describe('a record of a stream', () => {
  it('is a change with what was written', () =>
    expect(changeOf({ eventName: 'INSERT', dynamodb: { Keys, NewImage: { ...Keys, n: { N: '1' } }, SequenceNumber: '111' } })).toEqual({
      sequence: '111'.padStart(40, '0'),
      key: { pk: 'acme#a', sk: '1' },
      item: { pk: 'acme#a', sk: '1', n: 1 },
    }));
  it('of a removal has no item', () =>
    expect(changeOf({ eventName: 'REMOVE', dynamodb: { Keys, SequenceNumber: '112' } })).toEqual({
      sequence: '112'.padStart(40, '0'),
      key: { pk: 'acme#a', sk: '1' },
    }));
  it('has a sequence that compares as text, however many digits it has', () => {
    const numbers = ['999999999999999999999', '1000000000000000000000', '9'.repeat(39), '1'.padEnd(40, '0')];
    const sequences = numbers.map((SequenceNumber) => changeOf({ dynamodb: { Keys, SequenceNumber } }).sequence);
    expect([...sequences].sort()).toEqual(sequences);
  });
  it('gives what DynamoDB has no type for as it was', () => {
    const NewImage = { ...Keys, $json: { S: '{"huge":1e300}' } };
    expect(changeOf({ eventName: 'MODIFY', dynamodb: { Keys, NewImage, SequenceNumber: '1' } }).item).toEqual({
      pk: 'acme#a',
      sk: '1',
      huge: 1e300,
    });
  });
});
