import { randomUUID } from 'node:crypto';
import type { Clock } from '../../domain/kernel/clock.ts';
import { failed, Rejected } from '../../domain/kernel/failure.ts';
import type { Json } from '../../domain/kernel/json.ts';
import type { DeadLetter, DeadLetters } from '../../domain/kernel/queue.ts';
import type { Item, Key, Table } from '../../domain/kernel/table.ts';
import { platformTenant } from '../../domain/kernel/tenancy.ts';

/** A message that was given up: what the port shows, and what a redrive sends back to its queue. */
export type GivenUp = DeadLetter & {
  /** What it came by, as the cloud names it (on AWS a dead letter queue's ARN), and the name of the queue that gave it up. */
  readonly deadLetterQueue: string;
  readonly queue: string;
  /** The body as it was sent. */
  readonly message: string;
};

export type TableDeadLettersOptions = {
  readonly table: Table;
  /** Sends a message's text to the queue that gave it up. */
  readonly send: (letter: Pick<GivenUp, 'source' | 'deadLetterQueue' | 'queue' | 'message'>) => Promise<void>;
  readonly clock: Clock;
};

/** What lies in the table: a letter under its id, and its place in the two lists, newest last. */
const longestId = 256;
const letterKey = (id: string): Key => ({ pk: `${platformTenant}#dead-letter#${id}`, sk: 'letter' });
const listOf = (tenant: string | undefined): string =>
  tenant === undefined ? `${platformTenant}#all-dead-letters` : `${tenant}#dead-letters`;
const placeKey = (list: string, { id, diedAt }: Pick<DeadLetter, 'id' | 'diedAt'>): Key => ({ pk: list, sk: `${diedAt}#${id}` });
const idOfPlace = ({ sk }: Key): string => sk.slice(sk.indexOf('#') + 1);

/** Who sends a letter again is alone at it for this long; where he does not come to the end, another may then. */
const claimMillis = 60_000;
const mostKeys = 100;
/** Of a page, as JSON. The smallest answer that a cloud carries is AWS's: 4.5 MB, whatever is in it. */
const pageBytes = 4_000_000;

const isThere = (letter: DeadLetter | undefined): letter is DeadLetter => letter !== undefined;

/** How many letters from the first on make a page: one at least. */
const countFitting = (letters: readonly (DeadLetter | undefined)[]): number => {
  let bytes = 0;
  const over = letters.findIndex((letter, index) => {
    bytes += letter === undefined ? 0 : Buffer.byteLength(JSON.stringify(letter));
    return index > 0 && bytes > pageBytes;
  });
  return over === -1 ? letters.length : over;
};

/**
 * The dead letters of all queues and subscribers on a table, newest first, and what puts them there. A redrive sends the message, then deletes the
 * letter: a crash in between leaves both, so that it can come twice but not get lost.
 */
export const tableDeadLetters = ({ table, send, clock }: TableDeadLettersOptions) => {
  const find = async (id: string): Promise<Item | undefined> => (Buffer.byteLength(id) > longestId ? undefined : table.get(letterKey(id)));

  /** One of many wins. */
  const claim = async (item: Item): Promise<Item | undefined> => {
    const now = clock.now().getTime();
    if (Number(item.claimedUntil ?? 0) > now) return undefined;
    const claimed = { ...item, version: (item.version ?? 0) + 1, claimedUntil: now + claimMillis, claimedBy: randomUUID() };
    return (await table.put(claimed, { version: item.version ?? 0 })).written ? claimed : undefined;
  };

  const forget = async ({ id, diedAt, tenant }: DeadLetter): Promise<void> => {
    await table.delete(letterKey(id));
    await Promise.all([undefined, tenant].map((of) => table.delete(placeKey(listOf(of), { id, diedAt }))));
  };

  /** The letter of each place; none where one who broke off has left the place: then the letter has another, or is gone. */
  const lettersAt = async (places: readonly Key[]): Promise<readonly (DeadLetter | undefined)[]> => {
    const letters: (DeadLetter | undefined)[] = [];
    for (let first = 0; first < places.length; first += mostKeys) {
      const some = places.slice(first, first + mostKeys);
      const ids = [...new Set(some.map(idOfPlace))];
      const found = (await table.batchGet(ids.map(letterKey))).map(shown);
      const byPlace = new Map(found.map((letter) => [placeKey('', letter).sk, letter]));
      letters.push(...some.map(({ sk }) => byPlace.get(sk)));
    }
    return letters;
  };

  const port: DeadLetters = {
    async list({ tenant, ...page }) {
      const [list, order] = [listOf(tenant), { ...page, descending: true }];
      const { items: places, next } = await table.query(list, {}, order);
      const letters = await lettersAt(places);
      const fitting = countFitting(letters);
      if (fitting === letters.length) return { items: letters.filter(isThere), next };
      const shorter = await table.query(list, {}, { ...order, limit: fitting });
      return { items: letters.slice(0, fitting).filter(isThere), next: shorter.next };
    },
    async get(id) {
      const item = await find(id);
      return item === undefined ? undefined : shown(item);
    },
    async redrive(id) {
      const found = await find(id);
      if (found?.queue === '')
        throw new Rejected(failed('conflict', 'dead-letter-source-unknown', 'Nobody knows any more which queue gave this message up.'));
      const item = found === undefined ? undefined : await claim(found);
      if (item === undefined) return false;
      try {
        await send(item as unknown as GivenUp);
      } catch (error) {
        await table.put({ ...item, claimedUntil: 0 }, { version: item.version ?? 0 });
        throw error;
      }
      await forget(shown(item));
      return true;
    },
  };

  /** Keeps a letter, once by its id: it may come again, also where this broke off. Needs leave to put, and no other. */
  const bury = async (letter: GivenUp): Promise<void> => {
    await Promise.all([undefined, letter.tenant].map((of) => table.put(placeKey(listOf(of), letter))));
    await table.put({ ...letterKey(letter.id), version: 1, ...stored(letter) }, 'absent');
  };

  return { port, bury };
};

/** Message and body are mostly one text, or the one in the other; an item has no room for both twice. */
type BodyIn = 'the message' | 'the detail' | 'itself' | 'its text';

const stored = ({ body, ...letter }: GivenUp): { readonly [attribute: string]: Json } => {
  const bodyIn = whereBodyIs(letter.message, body);
  return { ...letter, bodyIn, ...(bodyIn === 'itself' && { body }) };
};

const whereBodyIs = (message: string, body: Json): BodyIn => {
  if (body === message) return 'its text';
  const sent = parsed(message);
  const text = JSON.stringify(body);
  if (JSON.stringify(sent) === text) return 'the message';
  return JSON.stringify(detailOf(sent)) === text ? 'the detail' : 'itself';
};

const parsed = (message: string): Json => {
  try {
    return JSON.parse(message) as Json;
  } catch {
    return message;
  }
};
const detailOf = (sent: Json): Json =>
  typeof sent === 'object' && sent !== null && !Array.isArray(sent) ? ((sent as { readonly detail?: Json }).detail ?? null) : null;

const bodyOf = ({ bodyIn, message, body = null }: Item): Json => {
  switch (bodyIn as BodyIn) {
    case 'the message':
      return parsed(message as string);
    case 'the detail':
      return detailOf(parsed(message as string));
    case 'its text':
      return message as string;
    case 'itself':
      return body;
  }
};

const shown = (item: Item): DeadLetter => {
  const { id, source, tenant, reason, attempts, diedAt } = item as unknown as DeadLetter;
  return { id, source, tenant, body: bodyOf(item), reason, attempts, diedAt };
};
