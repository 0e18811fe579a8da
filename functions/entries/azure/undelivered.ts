import { createHash } from 'node:crypto';
import { isFailure } from '../../../domain/kernel/failure.ts';
import type { Json, JsonObject } from '../../../domain/kernel/json.ts';
import type { ObjectStore } from '../../../domain/kernel/object-store.ts';
import { objectsOf, qualifiedName, resourceVariable } from '../../kernel/resources.ts';
import type { GivenUp } from '../cloud.ts';
import { givenUpOf, type Sources, sentOf } from '../given-up.ts';
import type { Azure } from './function-app.ts';

const undelivered = objectsOf('platform', 'undelivered');
export const undeliveredVariable = resourceVariable(undelivered);

/**
 * Keeps the events in the container of what Event Grid could not deliver, blob by blob, and deletes each blob once its events are kept: what is
 * deleted too late is kept once all the same.
 */
export const collectUndelivered = async ({ cloud }: Pick<Azure, 'cloud'>, sources: Sources): Promise<void> => {
  const store = cloud.objects(qualifiedName(undelivered));
  let cursor: string | null = null;
  do {
    const page: Awaited<ReturnType<ObjectStore['list']>> = await store.list('', cursor === null ? {} : { cursor });
    for (const { key } of page.items) {
      const found = await store.get(key);
      if (found === undefined || isFailure(found)) continue;
      for (const letter of lettersIn(key, await new Response(found.body).text(), sources)) await cloud.bury(letter);
      await store.delete(key);
    }
    cursor = page.next;
  } while (cursor !== null);
};

/** What Event Grid adds to an event that it gives up (https://learn.microsoft.com/azure/event-grid/manage-event-delivery), in either spelling. */
const added = [
  'deadletterreason',
  'deliveryattempts',
  'lastdeliveryoutcome',
  'lasthttpstatuscode',
  'publishtime',
  'lastdeliveryattempttime',
];

/** A blob holds an array of events, in a folder of the subscription's name in capitals. */
const lettersIn = (key: string, text: string, sources: Sources): readonly GivenUp[] => {
  const content = sentOf(text);
  const queue = [...sources.keys()].find((name) => key.split('/').includes(name.toUpperCase())) ?? '';
  const origin = { queue, source: sources.get(queue) ?? key.split('/')[0] ?? '', deadLetterQueue: key };
  return (Array.isArray(content) ? content : [content]).map((event: Json) => letterOf(event, origin));
};

const letterOf = (event: Json, origin: Pick<GivenUp, 'queue' | 'source' | 'deadLetterQueue'>): GivenUp => {
  const members = Object.entries(Object(event) as JsonObject);
  const told = Object.fromEntries(members.map(([name, value]) => [name.toLowerCase(), value]));
  const body = Object.fromEntries(members.filter(([name]) => !added.includes(name.toLowerCase()))) as JsonObject;
  const message = JSON.stringify(body);
  return givenUpOf({
    ...origin,
    id: createHash('sha256').update(`${origin.deadLetterQueue}\n${message}`).digest('hex'),
    ...{ body, message },
    reason: [told.deadletterreason, told.lastdeliveryoutcome].filter((part) => typeof part === 'string').join(': '),
    attempts: Number(told.deliveryattempts ?? 1),
    diedAt: String(told.lastdeliveryattempttime ?? told.publishtime ?? told.time),
  });
};
