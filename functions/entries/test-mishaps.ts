import fc from 'fast-check';

/** What happens to a process at its nth step. */
export type Mishap = { readonly at: number; readonly kind: 'crash' | 'fault' };

/** A fault is one call that fails. From a crash on nothing that the process tries has an effect, and nobody hears its answer. */
export const processWith = ({ at, kind }: Mishap) => {
  let steps = 0;
  const isOver = () => kind === 'crash' && steps >= at;
  const step = async (): Promise<void> => {
    if (++steps === at || isOver()) throw new TypeError(`${kind} at step ${at}`);
  };
  return { step, isOver };
};
export type Process = ReturnType<typeof processWith>;

/** Before or after its effect: a call may have been the last that was done, or the first that was not. */
export const fragile = <P extends object>(port: P, { step }: Pick<Process, 'step'>): P =>
  new Proxy(port, {
    get(target, name, receiver) {
      const method: unknown = Reflect.get(target, name, receiver);
      if (typeof method !== 'function') return method;
      return async (...args: readonly unknown[]) => {
        await step();
        const outcome: unknown = await method.apply(target, args);
        await step();
        return outcome;
      };
    },
  });

/** Many at once, some late or not at all: a message takes four steps, a request about twenty. */
const step = fc.oneof({ weight: 3, arbitrary: fc.integer({ min: 1, max: 9 }) }, { weight: 2, arbitrary: fc.integer({ min: 10, max: 60 }) });
const mishap = fc.record({ at: step, kind: fc.constantFrom('crash' as const, 'fault' as const) });
const none = fc.constant<Mishap>({ at: Number.POSITIVE_INFINITY, kind: 'fault' });

/** One for each process in turn. */
export const mishaps = fc.infiniteStream(fc.oneof(mishap, none));
