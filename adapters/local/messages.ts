import { backoffWithJitter } from '../../domain/kernel/backoff.ts';
import type { Clock } from '../../domain/kernel/clock.ts';
import type { Ids } from '../../domain/kernel/ids.ts';
import type { Json } from '../../domain/kernel/json.ts';
import { checkedMessage } from '../../domain/kernel/message-rules.ts';
import type { OutgoingMessage, QueuePolicy } from '../../domain/kernel/queue.ts';
import { platformTenant } from '../../domain/kernel/tenancy.ts';
import { bury } from './buried.ts';
import type { Transaction } from './group-commit.ts';
import type { LocalStore } from './store.ts';
import { kinds, prefixOf, successor, uint48 } from './table-keys.ts';

/** A message as a delivery holds it; `key` is where it lies until it is completed, or comes again. */
export type ClaimedMessage = { readonly key: Buffer; readonly id: string; readonly body: Json; readonly attempt: number };
type StoredMessage = { readonly body: Json; readonly attempt: number; readonly claimed?: true };

/**
 * The messages of one queue or subscriber, ordered by when they are due. A delivery moves a message to the end of its visibility time, so that
 * it comes again by itself where nobody completes it.
 */
export type Messages = {
  /** Adds to a transaction; all become visible together. */
  enqueue(transaction: Transaction, messages: readonly PreparedMessage[]): void;
  /** At most `limit` due messages, each now counting one attempt more; those out of attempts become dead letters instead. */
  claim(limit: number): Promise<readonly ClaimedMessage[]>;
  /** Ends a delivery: what is not among the failures is done, what is comes again or becomes a dead letter. */
  settle(claimed: readonly ClaimedMessage[], failures: ReadonlyMap<string, string>): Promise<void>;
  /** Makes due what an earlier process had claimed when it ended. */
  recover(): Promise<void>;
  /** When the first message is due, in milliseconds since 1970. */
  nextDue(): number | undefined;
};

export type PreparedMessage = { readonly id: string; readonly due: number; readonly value: Buffer };

/** Makes messages ready to be enqueued. Throws `Rejected` `message-too-large` or `invalid-delay`. */
export const prepareMessages = (messages: readonly OutgoingMessage[], clock: Clock, ids: Ids): PreparedMessage[] => {
  const now = clock.now().getTime();
  return messages.map((message) => {
    checkedMessage(message);
    const { body, delaySeconds = 0 } = message;
    return { id: ids.next(), due: now + delaySeconds * 1000, value: encode({ body, attempt: 0 }) };
  });
};

/** A message whose bytes are known to be allowed, due at once. */
export const messageDueNow = (id: string, body: Json, clock: Clock): PreparedMessage => ({
  id,
  due: clock.now().getTime(),
  value: encode({ body, attempt: 0 }),
});

const encode = (message: StoredMessage): Buffer => Buffer.from(JSON.stringify(message));
const decode = (value: Buffer): StoredMessage => JSON.parse(value.toString()) as StoredMessage;

/** Where the messages of a queue or subscriber lie, and who hears of new ones. */
export const enqueueAt = (store: LocalStore, address: string, transaction: Transaction, messages: readonly PreparedMessage[]): void => {
  const head = headOf(store, address);
  for (const { id, due, value } of messages) transaction.put(keyOf(head, due, id), value);
  transaction.afterCommit(store.inner.channel(address).notify);
};

const headOf = (store: LocalStore, address: string): Buffer => prefixOf(kinds.message, store.inner.names.idOf(address).id);
const keyOf = (head: Buffer, due: number, id: string): Buffer => Buffer.concat([head, uint48(Math.ceil(due)), Buffer.from(id)]);

export type MessagesOptions = {
  readonly clock: Clock;
  readonly ids: Ids;
  /** Whose a dead letter is. */
  readonly tenantOf: (body: Json) => string;
  /** What a dead letter's `source` says. */
  readonly source: string;
};

/** The messages at an address, `queue/<name>` or `subscriber/<name>`. Throws `Rejected` `storage-full` where the address is new. */
export const messagesAt = (
  store: LocalStore,
  address: string,
  policy: QueuePolicy,
  { clock, ids, tenantOf, source }: MessagesOptions,
): Messages => {
  const { environment, commit } = store.inner;
  const head = headOf(store, address);
  const channel = store.inner.channel(address);
  const now = () => clock.now().getTime();
  const dueOf = (key: Buffer) => key.readUIntBE(head.length, 6);
  const idOf = (key: Buffer) => key.toString('utf8', head.length + 6);
  const range = (end: Buffer, limit: number) =>
    [...environment.getRange({ start: head, end, limit })].map(({ key, value }) => ({ key, ...decode(value) }));

  /** Asked inside a transaction that others share: a body it cannot read must not fail them. */
  const ownerOf = (body: Json): string => {
    try {
      return tenantOf(body);
    } catch {
      return platformTenant;
    }
  };

  const giveUp = (transaction: Transaction, { id, body, attempt }: Pick<ClaimedMessage, 'id' | 'body' | 'attempt'>, reason: string) =>
    bury(transaction, {
      id: ids.next(),
      source,
      tenant: ownerOf(body),
      body,
      reason,
      attempts: attempt,
      diedAt: clock.now().toISOString(),
      address,
      message: id,
    });

  const claimOne = (transaction: Transaction, { key, body, attempt }: StoredMessage & { key: Buffer }): ClaimedMessage | undefined => {
    const id = idOf(key);
    transaction.remove(key);
    if (attempt >= policy.attempts) {
      giveUp(transaction, { id, body, attempt }, 'Not completed within its visibility time.');
      return undefined;
    }
    const claimed = { key: keyOf(head, now() + policy.visibilitySeconds * 1000, id), id, body, attempt: attempt + 1 };
    transaction.put(claimed.key, encode({ body, attempt: claimed.attempt, claimed: true }));
    return claimed;
  };

  const settleOne = (transaction: Transaction, message: ClaimedMessage, reason: string | undefined) => {
    // Past its visibility time the message has been claimed again, and is that delivery's business.
    if (transaction.get(message.key) === undefined) return;
    transaction.remove(message.key);
    if (reason === undefined) return;
    if (message.attempt >= policy.attempts) return giveUp(transaction, message, reason);
    const seconds = backoffWithJitter(message.attempt, policy.backoff.baseSeconds, policy.backoff.maxSeconds);
    transaction.put(keyOf(head, now() + seconds * 1000, message.id), encode({ body: message.body, attempt: message.attempt }));
  };

  return {
    enqueue: (transaction, messages) => enqueueAt(store, address, transaction, messages),
    claim: (limit) =>
      commit.write((transaction) =>
        range(Buffer.concat([head, uint48(now() + 1)]), limit)
          .map((message) => claimOne(transaction, message))
          .filter((message) => message !== undefined),
      ),
    settle: (claimed, failures) =>
      commit.write((transaction) => {
        for (const message of claimed) settleOne(transaction, message, failures.get(message.id));
        transaction.afterCommit(channel.notify);
      }),
    async recover() {
      if (channel.recovered) return;
      await commit.write((transaction) => {
        for (const { key, claimed, ...message } of range(successor(head), Number.POSITIVE_INFINITY)) {
          if (claimed === undefined) continue;
          transaction.remove(key);
          transaction.put(keyOf(head, now(), idOf(key)), encode(message));
        }
      });
      channel.recovered = true;
    },
    nextDue() {
      const [first] = environment.getKeys({ start: head, end: successor(head), limit: 1 });
      return first === undefined ? undefined : dueOf(first);
    },
  };
};
