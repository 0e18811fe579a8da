import { isDeepStrictEqual } from 'node:util';
import type { Item } from '../../domain/kernel/table.ts';
import { type Attributes, marshall, unmarshall } from './attribute-values.ts';
import type { AwsError } from './errors.ts';

/**
 * Whether a single write whose condition did not hold is in its own way: an attempt before may have done it, and what is there is what it leaves.
 * Another's write that leaves just the same at the same time cannot be told apart, so whoever must be the only winner puts something of his own
 * into the item; a delete is done where nothing is left.
 */
export const isOwn = ({ details: { mayBeDone, body = '{}' } }: AwsError, leaves: Item | undefined): boolean => {
  if (mayBeDone !== true) return false;
  // API reference, PutItem and DeleteItem: `ReturnValuesOnConditionCheckFailure`.
  const { Item: found } = JSON.parse(body) as { readonly Item?: Attributes };
  if (found === undefined || leaves === undefined) return found === leaves;
  return isDeepStrictEqual(unmarshall(found), unmarshall(marshall(leaves)));
};
