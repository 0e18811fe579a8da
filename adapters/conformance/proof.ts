import { TestRunner, it as vitestIt } from 'vitest';
import { type Target, unproven } from './semantics.ts';

/** What a test says of a port, in the report of the run: which of its methods it called where. `docs/parity.md` is made of these. */
export type Proof = {
  readonly port: string;
  readonly target: string;
  readonly methods: readonly string[];
  /** Why the test does not hold there; then it is one that must fail. */
  readonly unproven?: string;
};

declare module '@vitest/runner' {
  // biome-ignore lint/style/useConsistentTypeDefinitions: only an interface can be added to.
  interface TaskMeta {
    proof?: Proof;
  }
}

export type Proofs = {
  /** As vitest's, but for the tests that this target is known not to pass. */
  readonly it: (title: string, test: () => unknown) => void;
  /** A port whose calls count for the test that makes them. */
  readonly observed: <P extends object>(port: P) => P;
};

/** Takes down what the tests of a port prove on a target. */
export const proofsOf = (port: string, target: Target): Proofs => {
  const reasons = unproven[target]?.[port] ?? {};
  return {
    it: (title, test) => (reasons[title] === undefined ? vitestIt(title, test) : vitestIt.fails(title, test)),
    observed: (value) => noting(value, (method) => note(port, target, method, reasons)),
  };
};

const noting = <P extends object>(value: P, called: (method: string) => void): P =>
  new Proxy(value, {
    get(port, name) {
      const member: unknown = Reflect.get(port, name);
      if (typeof member !== 'function' || typeof name !== 'string') return member;
      return (...args: readonly unknown[]) => {
        called(name);
        return Reflect.apply(member, port, args);
      };
    },
  });

const note = (port: string, target: Target, method: string, reasons: { readonly [test: string]: string }): void => {
  const test = TestRunner.getCurrentTest();
  if (test === undefined) return;
  const methods = new Set(test.meta.proof?.methods).add(method);
  const reason = reasons[test.name];
  test.meta.proof = { port, target, methods: [...methods], ...(reason === undefined ? {} : { unproven: reason }) };
};
