import type { EventBus } from '../../domain/kernel/event-bus.ts';
import type { ChangeHandler } from '../../domain/kernel/table.ts';
import type { ContextDeclaration } from '../kernel/context.ts';
import { publisher } from '../kernel/publish.ts';
import { type BoundContext, consumersOf } from './bound-context.ts';
import { type Ports, qualified } from './ports.ts';

/** Who consumes the changes of these contexts' tables, by the tables' qualified names: first the bus, then the declared consumers, in turn. */
export const consumedTables = (
  bound: readonly BoundContext[],
  portsFor: (declaration: ContextDeclaration) => Ports,
  bus: EventBus,
): ReadonlyMap<string, ChangeHandler> =>
  new Map(
    bound.flatMap((context) =>
      Object.entries(context.declaration.tables).flatMap(([table, { holds }]) => {
        const consumers = [
          ...(holds === 'events' ? [publisher(context.declaration, bus)] : []),
          ...consumersOf(context, table, portsFor(context.declaration)).map(({ handle }) => handle),
        ];
        const consume: ChangeHandler = async (changes) => {
          for (const consumer of consumers) await consumer(changes);
        };
        return consumers.length === 0 ? [] : [[qualified(context.declaration.name, table), consume] as const];
      }),
    ),
  );
