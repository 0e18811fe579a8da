import type { Change, Item, Key } from '../../domain/kernel/table.ts';
import { type Attributes, unmarshall } from './attribute-values.ts';
import { fromStored } from './table-items.ts';

/** A record of a DynamoDB stream, as GetRecords gives it and as Lambda is handed it: what of it matters here. */
export type StreamRecord = {
  readonly eventName?: string | undefined;
  readonly dynamodb?:
    | { readonly Keys?: Attributes | undefined; readonly NewImage?: Attributes | undefined; readonly SequenceNumber?: string | undefined }
    | undefined;
};

/** API reference, StreamRecord: a sequence number has 21 to 40 digits. */
const longestSequence = 40;

/** What a record says of a table. Its sequence is filled up with zeros, so that it compares as text. A removal has no image. */
export const changeOf = ({ eventName, dynamodb: { Keys = {}, NewImage, SequenceNumber = '' } = {} }: StreamRecord): Change => {
  const change = { sequence: SequenceNumber.padStart(longestSequence, '0'), key: unmarshall(Keys) as Key };
  return NewImage === undefined || eventName === 'REMOVE' ? change : { ...change, item: fromStored(unmarshall(NewImage) as Item) };
};
