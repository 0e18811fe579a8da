import type { Decider } from '../kernel/decider.ts';
import { aliasNotFound, type ModelsFailure } from './failures.ts';

/** Which version of a model a name such as `champion` points to; null while it points to none. */
export type Alias = { readonly version: string | null };

type Named = { readonly model: string; readonly alias: string };

export type AliasCommand = ({ readonly type: 'assign'; readonly version: string } & Named) | ({ readonly type: 'remove' } & Named);

/** `alias-removed` says which version it pointed to. */
export type AliasEvent = { readonly type: 'alias-assigned' | 'alias-removed'; readonly version: string } & Named;

export const alias: Decider<Alias, AliasCommand, AliasEvent, ModelsFailure> = {
  initial: { version: null },
  decide(command, state) {
    const named = { model: command.model, alias: command.alias };
    switch (command.type) {
      case 'assign':
        return state.version === command.version ? [] : [{ type: 'alias-assigned', ...named, version: command.version }];
      case 'remove':
        if (state.version === null) return aliasNotFound(command.model, command.alias);
        return [{ type: 'alias-removed', ...named, version: state.version }];
    }
  },
  evolve: (_state, event) => ({ version: event.type === 'alias-assigned' ? event.version : null }),
};

/** Where all aliases of a model point after these events, which are in the order of time. */
export const aliasesAfter = (events: Iterable<AliasEvent>): { readonly [alias: string]: string } => {
  const aliases = new Map<string, string>();
  for (const event of events) {
    if (event.type === 'alias-assigned') aliases.set(event.alias, event.version);
    else aliases.delete(event.alias);
  }
  return Object.fromEntries(aliases);
};
