import type { JsonObject } from '../../../../domain/kernel/json.ts';
import { type FakeAnswer, Refusal } from '../server.ts';
import { badRequest, nameTaken, noSuchResource, refused, requestTooLarge } from './answers.ts';
import { type Container, type PartitionKey, partitionKeyOf, type Stored } from './container.ts';
import { checkLifetime } from './expiry.ts';
import { patched } from './patch.ts';
import type { Transaction } from './transaction.ts';

export type OperationType = 'Create' | 'Upsert' | 'Read' | 'Replace' | 'Delete' | 'Patch';

export type Operation = {
  readonly type: OperationType;
  readonly partitionKey: PartitionKey;
  readonly id: string;
  /** The document, or the patch. */
  readonly body: JsonObject;
  readonly ifMatch?: string | undefined;
  readonly ifNoneMatch?: string | undefined;
};

/** `charge` is in request units; `stored` is absent after a deletion. */
export type Outcome = { readonly status: number; readonly stored?: Stored; readonly charge: number };

const itemBytes = 2 * 1024 * 1024;

/** Of a small item, as a hosted account was seen to charge. */
const charges: { readonly [type in OperationType]: number } = {
  Read: 1,
  Create: 6.67,
  Upsert: 10.67,
  Replace: 11.05,
  Delete: 6.67,
  Patch: 11.05,
};

const preconditionFailed = (): Refusal =>
  refused({ status: 412, code: 'PreconditionFailed', message: 'One of the specified pre-condition is not met' });

/** Does one operation in a transaction. Throws `Refusal`. */
export const perform = (container: Container, transaction: Transaction, operation: Operation): Outcome => {
  checkId(operation.id);
  if (carriesDocument(operation)) checkDocument(container, operation);
  return performed[operation.type](transaction, operation, container);
};

const carriesDocument = ({ type }: Operation): boolean => type === 'Create' || type === 'Upsert' || type === 'Replace';

const outcome = (status: number, type: OperationType, stored?: Stored): Outcome => {
  const kilobytes = Math.max(1, Math.ceil(JSON.stringify(stored?.document ?? {}).length / 1024));
  return { status, charge: Math.round(charges[type] * kilobytes * 100) / 100, ...(stored === undefined ? {} : { stored }) };
};

const existing = (transaction: Transaction, { id, ifMatch }: Operation): Stored => {
  const stored = transaction.read(id);
  if (stored === undefined) throw noSuchResource();
  if (ifMatch !== undefined && ifMatch !== '*' && ifMatch !== stored.etag) throw preconditionFailed();
  return stored;
};

const performed: { readonly [type in OperationType]: (transaction: Transaction, operation: Operation, container: Container) => Outcome } = {
  Create(transaction, { id, body }) {
    if (transaction.read(id)) throw nameTaken();
    return outcome(201, 'Create', transaction.write(id, body));
  },
  /** `If-Match` counts only where there is something to match: an absent item is created. */
  Upsert(transaction, operation) {
    const { id, body } = operation;
    if (transaction.read(id) === undefined) return outcome(201, 'Create', transaction.write(id, body));
    existing(transaction, operation);
    return outcome(200, 'Upsert', transaction.write(id, body));
  },
  Read(transaction, operation) {
    const stored = existing(transaction, { ...operation, ifMatch: undefined });
    const known = operation.ifNoneMatch === '*' || operation.ifNoneMatch === stored.etag;
    return outcome(known ? 304 : 200, 'Read', stored);
  },
  Replace(transaction, operation) {
    existing(transaction, operation);
    return outcome(200, 'Replace', transaction.write(operation.id, operation.body));
  },
  Delete(transaction, operation) {
    existing(transaction, operation);
    transaction.remove(operation.id);
    return outcome(204, 'Delete');
  },
  Patch(transaction, operation, container) {
    const { document } = existing(transaction, operation);
    const next = patched(document, operation.body);
    if (next === undefined) throw preconditionFailed();
    checkDocument(container, { ...operation, body: next });
    return outcome(200, 'Patch', transaction.write(operation.id, next));
  },
};

const checkId = (id: unknown): void => {
  if (typeof id !== 'string' || id === '')
    throw badRequest("The input content is invalid because the required properties - 'id; ' - are missing");
  if (/[/\\]/.test(id) || Buffer.byteLength(id) > 1023)
    throw badRequest(`Id '${id.slice(0, 80)}' contains invalid characters or is too long.`);
};

const checkDocument = (container: Container, { partitionKey, id, body }: Operation): void => {
  if (Buffer.byteLength(JSON.stringify(body)) > itemBytes) throw requestTooLarge();
  if (body.id !== id) throw badRequest('The id of the document is not that of the request.');
  if (JSON.stringify(partitionKeyOf(container, body)) !== JSON.stringify(partitionKey))
    throw badRequest("PartitionKey extracted from document doesn't match the one specified in the header.", 1001);
  checkLifetime(body);
};

/** What an operation came to, its refusal included. */
export const attempt = (container: Container, transaction: Transaction, operation: Operation): Outcome | FakeAnswer => {
  try {
    return perform(container, transaction, operation);
  } catch (error) {
    if (error instanceof Refusal) return error.answer;
    throw error;
  }
};
