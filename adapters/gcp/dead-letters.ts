import type { Clock } from '../../domain/kernel/clock.ts';
import type { Table } from '../../domain/kernel/table.ts';
import { tableDeadLetters } from '../cloud/dead-letters.ts';
import type { GcpClient } from './client.ts';
import { attributesIn } from './event-bus.ts';
import { publishAll, redriveAttribute } from './pub-sub.ts';

export type PubSubDeadLettersOptions = { readonly table: Table; readonly client: GcpClient; readonly clock: Clock };

/**
 * The dead letters of all subscriptions on a table. `queue` is the topic that a letter was published to: it is published there again, and `redriveAttribute`
 * names who gave it up, for that topic has other subscribers, who have done their part.
 */
export const pubSubDeadLetters = ({ table, client, clock }: PubSubDeadLettersOptions) =>
  tableDeadLetters({
    table,
    clock,
    send: ({ queue, source, message }) =>
      publishAll(client, queue, [{ text: message, attributes: { ...attributesIn(message), [redriveAttribute]: source } }]),
  });
