import type { Clock } from '../../domain/kernel/clock.ts';
import { failed, Rejected } from '../../domain/kernel/failure.ts';
import type { DeadLetter, DeadLetters } from '../../domain/kernel/queue.ts';
import { tableLimits } from '../../domain/kernel/table-rules.ts';
import { allLetters, type Buried, letterKey, tenantHead, tenantLetterKey } from './buried.ts';
import { enqueueAt, messageDueNow } from './messages.ts';
import type { LocalStore } from './store.ts';
import { cursorAfter, keyOfCursor, successor } from './table-keys.ts';

const decode = (value: Buffer): Buried => JSON.parse(value.toString()) as Buried;
const shown = ({ address: _, message: __, ...letter }: Buried): DeadLetter => letter;

/** The dead letters of all queues and subscribers of a store, newest first. */
export const localDeadLetters = (store: LocalStore, { clock }: { readonly clock: Clock }): DeadLetters => {
  const { environment, commit } = store.inner;
  const find = (id: string): Buried | undefined => {
    // Any text may be asked for; the store takes no longer keys.
    if (Buffer.byteLength(id) > tableLimits.keyBytes) return undefined;
    const value = environment.get(letterKey(id));
    return value === undefined ? undefined : decode(value);
  };
  return {
    async list({ limit = 100, cursor, tenant }) {
      if (!Number.isInteger(limit) || limit < 1 || limit > 1000)
        throw new Rejected(failed('invalid', 'invalid-limit', `A page holds 1 to 1,000 items, not ${limit}.`));
      const head = tenant === undefined ? allLetters : tenantHead(tenant);
      const start = cursor === undefined ? successor(head) : keyOfCursor(head, { low: head, high: successor(head) }, cursor);
      const entries = [...environment.getRange({ start, exclusiveStart: true, end: head, reverse: true, limit: limit + 1 })];
      const last = entries.length > limit ? entries[limit - 1] : undefined;
      return {
        items: entries.slice(0, limit).map(({ value }) => shown(decode(value))),
        next: last === undefined ? null : cursorAfter(head, last.key),
      };
    },
    async get(id) {
      const letter = find(id);
      return letter === undefined ? undefined : shown(letter);
    },
    redrive: (id) =>
      commit.write((transaction) => {
        const letter = find(id);
        if (letter === undefined) return false;
        transaction.remove(letterKey(id));
        transaction.remove(tenantLetterKey(letter.tenant, id));
        enqueueAt(store, letter.address, transaction, [messageDueNow(letter.message, letter.body, clock)]);
        return true;
      }),
  };
};
