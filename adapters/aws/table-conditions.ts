import type { SchemaCondition } from 'dynamodb-toolbox';
import { item } from 'dynamodb-toolbox/schema/item';
import { number } from 'dynamodb-toolbox/schema/number';
import { string } from 'dynamodb-toolbox/schema/string';
import type { Condition } from '../../domain/kernel/table.ts';

/** What conditions are about. */
export const conditionSchema = item({
  pk: string().key(),
  sk: string().key(),
  version: number().optional(),
  expiresAt: number().optional(),
});

export type EntityCondition = SchemaCondition<typeof conditionSchema>;
export type Operation = 'put' | 'delete' | 'putInTransaction' | 'deleteInTransaction' | 'check';

/** A request with its condition, whose values are numbers: a version, and the second that it is. */
export type Conditional = { readonly ExpressionAttributeValues?: Readonly<Record<string, unknown>> | undefined };

/** Stand in the place of values that differ from call to call. */
const placeholders = { version: -1, seconds: -2 } as const;

type Kind = 'always' | 'absent' | 'present' | 'version';
const kindOf = (condition: Condition | undefined): Kind => (typeof condition === 'object' ? 'version' : (condition ?? 'always'));

/** An item whose life has ended is as good as gone, whether or not DynamoDB has removed it by now. */
const alive: EntityCondition = {
  or: [
    { attr: 'expiresAt', exists: false },
    { attr: 'expiresAt', gt: placeholders.seconds },
  ],
};
const conditions: Readonly<Record<Kind, EntityCondition | undefined>> = {
  always: undefined,
  absent: {
    or: [
      { attr: 'pk', exists: false },
      { attr: 'expiresAt', lte: placeholders.seconds },
    ],
  },
  present: { and: [{ attr: 'pk', exists: true }, alive] },
  version: { and: [{ attr: 'version', eq: placeholders.version }, alive] },
};

/**
 * Requests of one kind differ in their key and two numbers, and making one takes dynamodb-toolbox longer than signing it: so each kind is made once,
 * when it is first asked for, and filled in for each call.
 */
export const conditionalRequests = (makers: Readonly<Record<Operation, (condition: EntityCondition | undefined) => Conditional>>) => {
  const made = new Map<string, Conditional>();

  const ofKind = (operation: Operation, kind: Kind): Conditional => {
    const name = `${operation} ${kind}`;
    const { ToolboxItem: _, ...request } = (made.get(name) ?? makers[operation](conditions[kind])) as Conditional & {
      ToolboxItem?: unknown;
    };
    made.set(name, request);
    return request;
  };

  return (operation: Operation, condition: Condition | undefined, now: Date): Conditional => {
    const request = ofKind(operation, kindOf(condition));
    if (request.ExpressionAttributeValues === undefined) return request;
    const version = typeof condition === 'object' ? condition.version : undefined;
    const seconds = Math.floor(now.getTime() / 1000);
    const filled = Object.entries(request.ExpressionAttributeValues).map(([name, value]) => [
      name,
      value === placeholders.version ? version : seconds,
    ]);
    return { ...request, ExpressionAttributeValues: Object.fromEntries(filled) };
  };
};
