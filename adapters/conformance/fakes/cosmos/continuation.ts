import { createHash } from 'node:crypto';
import type { Json } from '../../../../domain/kernel/json.ts';
import { badRequest } from './answers.ts';

/** Where a query stands: behind which item, and how many it has given. It knows nothing of the server: the item may be gone by then. */
export type Position = { readonly after: readonly Json[]; readonly given: number };

const markOf = (query: string): string => createHash('sha256').update(query).digest('hex').slice(0, 16);

/** A token as the service writes them: JSON with the token proper and the range that it is of. Callers take it as it is. */
export const tokenOf = (query: string, position: Position): string => {
  const state = Buffer.from(JSON.stringify({ ...position, query: markOf(query) })).toString('base64');
  return JSON.stringify({ token: `+RID:~${state}#RT:1#TRC:${position.given}`, range: { min: '', max: 'FF' } });
};

/** Throws `Refusal` for what was never a token of this query. */
export const positionOf = (query: string, token: string | undefined): Position | undefined => {
  if (token === undefined || token === '') return undefined;
  const read = stateOf(token);
  if (read?.query !== markOf(query)) throw badRequest('Invalid Continuation Token');
  return read;
};

const stateOf = (token: string): (Position & { readonly query: string }) | undefined => {
  try {
    const state = /^\+RID:~([^#]+)#/.exec((JSON.parse(token) as { readonly token: string }).token)?.[1] ?? '';
    return JSON.parse(Buffer.from(state, 'base64').toString()) as Position & { readonly query: string };
  } catch {
    return undefined;
  }
};
