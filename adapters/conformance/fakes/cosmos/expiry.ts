import type { JsonObject } from '../../../../domain/kernel/json.ts';
import { badRequest } from './answers.ts';
import type { Container, Stored } from './container.ts';

const largest = 2 ** 31 - 1;
const isLifetime = (value: unknown): value is number =>
  value === -1 || (typeof value === 'number' && Number.isInteger(value) && value > 0 && value <= largest);

/** Throws `Refusal`: a lifetime is −1 (for ever) or a whole number of seconds from 1 on; neither 0 nor null. */
export const checkLifetime = ({ ttl }: JsonObject): void => {
  if (ttl === undefined || isLifetime(ttl)) return;
  throw badRequest(`The input ttl '${JSON.stringify(ttl)}' is invalid. Ensure to provide a nonzero positive integer or -1.`);
};

/** An item's life counts from its last change. Past it, nobody sees it any more. */
export const isExpired = ({ definition }: Container, { document, changedAt }: Stored, now: number): boolean => {
  if (definition.defaultTtl === undefined) return false;
  const ttl = isLifetime(document.ttl) ? document.ttl : definition.defaultTtl;
  return ttl !== -1 && now >= (changedAt + ttl) * 1000;
};

export const removeExpired = (container: Container, now: number): void => {
  for (const { items } of container.ranges) for (const [name, stored] of items) if (isExpired(container, stored, now)) items.delete(name);
};
