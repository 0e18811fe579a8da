import { failed, Rejected } from '../../domain/kernel/failure.ts';
import type { ContextDeclaration } from '../kernel/context.ts';
import { type BoundContext, scheduleOf } from './bound-context.ts';
import { type Ports, qualified } from './ports.ts';

/** Runs a schedule of these contexts by its name, `models.upload-sweep`. Throws `Rejected` `unknown-schedule`. */
export const schedulesOf = (
  bound: readonly BoundContext[],
  portsFor: (declaration: ContextDeclaration) => Ports,
): ((name: string) => Promise<void>) => {
  const runs = new Map(
    bound.flatMap((context) =>
      Object.keys(context.declaration.schedules).map(
        (name) => [qualified(context.declaration.name, name), scheduleOf(context, name, portsFor(context.declaration))] as const,
      ),
    ),
  );
  return async (name) => {
    const run = runs.get(name);
    if (run === undefined) throw new Rejected(failed('invalid', 'unknown-schedule', `No schedule is called "${name}".`));
    await run();
  };
};
