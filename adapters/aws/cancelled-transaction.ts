import type { Retryable } from '../cloud/retry.ts';
import { type AwsError, isAwsError, isTransient } from './errors.ts';

/** Why a transaction was cancelled: one code for each of its writes, `None` for those that stood in nobody's way. */
export const cancellationReasons = (error: unknown): readonly string[] | undefined =>
  isAwsError(error, 'TransactionCanceledException') ? reasonsIn(error) : undefined;

const reasonsIn = ({ details }: AwsError): readonly string[] => {
  const { CancellationReasons = [] } = JSON.parse(details.body ?? '{}') as { CancellationReasons?: readonly { Code?: string }[] };
  return CancellationReasons.map(({ Code = 'None' }) => Code);
};

// API reference, TransactWriteItems: the reasons that go by themselves.
const passing: ReadonlySet<string> = new Set(['TransactionConflict', 'ThrottlingError', 'ProvisionedThroughputExceeded']);

/**
 * The first write whose condition did not hold; nothing where the transaction may succeed when it is tried again: then it is not known whether an
 * earlier write, which something else was busy with, would have been in the way.
 */
export const conflictIn = (reasons: readonly string[]): number | undefined => {
  const first = reasons.findIndex((reason) => reason === 'ConditionalCheckFailed' || passing.has(reason));
  return reasons[first] === 'ConditionalCheckFailed' ? first : undefined;
};

/** Whether something in the way of a transaction may go: another transaction, or a throttle. */
export const isTransientForTransaction: Retryable = (error) => {
  const reasons = cancellationReasons(error);
  if (reasons === undefined) return isTransient(error);
  return conflictIn(reasons) === undefined && reasons.some((reason) => passing.has(reason)) ? 0 : false;
};
