import type { Json } from '../../domain/kernel/json.ts';
import { tenantInBody } from '../../domain/kernel/message-rules.ts';
import type { GivenUp } from './cloud.ts';
import type { Environment } from './opened.ts';
import { namesByQueue } from './subscriptions.ts';
import { nameInUrl } from './works.ts';

/** What queues are for, by their names: a subscriber (`models.alias-assigned`), a context where several of its subscribers share one, or a work queue. */
export type Sources = ReadonlyMap<string, string>;

export const sourcesOf = (environment: Environment): Sources => {
  const heard = Object.entries(namesByQueue(environment)).map(([queue, names]) => [
    queue,
    names.length === 1 ? names[0] : names[0]?.split('.')[0],
  ]);
  const worked = Object.entries(environment).flatMap(([variable, url]) => {
    const [, context, name] = /^HYBRID_QUEUE_([A-Z0-9]+)_(\w+)$/.exec(variable) ?? [];
    return context === undefined || name === undefined || url === undefined
      ? []
      : [[nameInUrl(url), `${context}.${name.replaceAll('_', '-')}`.toLowerCase()]];
  });
  return new Map([...heard, ...worked] as [string, string][]);
};

/** Why a message was given up, where nobody who gave it up says. */
export const unsaidReason = 'It failed each time; the log knows why.';

/** A message that was given up, by what was sent: whose it is, is in its body. */
export const givenUpOf = (letter: Omit<GivenUp, 'tenant'>): GivenUp => ({ ...letter, tenant: tenantInBody(letter.body) });

/** What was sent; text where it is no JSON. */
export const sentOf = (text: string): Json => {
  try {
    return JSON.parse(text) as Json;
  } catch {
    return text;
  }
};
