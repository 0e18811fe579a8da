import type { DeadLetter } from '../../domain/kernel/queue.ts';
import type { Transaction } from './group-commit.ts';
import { kinds, partitionHead } from './table-keys.ts';

/** What is kept beside what the port shows: where the message goes back to, and under which id. */
export type Buried = DeadLetter & { readonly address: string; readonly message: string };

/** What the keys of all dead letters begin with. */
export const allLetters = Buffer.from([kinds.deadLetter]);
/** Where a dead letter lies. */
export const letterKey = (id: string): Buffer => Buffer.concat([allLetters, Buffer.from(id)]);
/** What the keys of one tenant's dead letters begin with. */
export const tenantHead = (tenant: string): Buffer => partitionHead(kinds.tenantDeadLetter, 0, tenant);
/** Where it lies a second time, among its tenant's. */
export const tenantLetterKey = (tenant: string, id: string): Buffer => Buffer.concat([tenantHead(tenant), Buffer.from(id)]);

/** Keeps a message that was given up, in the transaction that ends its last delivery. */
export const bury = (transaction: Transaction, letter: Buried): void => {
  const value = Buffer.from(JSON.stringify(letter));
  transaction.put(letterKey(letter.id), value);
  transaction.put(tenantLetterKey(letter.tenant, letter.id), value);
};
