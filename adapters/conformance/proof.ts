import { TestRunner, it as vitestIt } from 'vitest';
import { type Target, unproven } from './semantics.ts';

/** What a test says of a port, in the report of the run: which of its methods it called where. `docs/parity.md` is made of these. */
export type Proof = {
  readonly port: string;
  /** A `Target`; what bears another name is no target. */
  readonly target: string;
  readonly methods: readonly string[];
  /** Why the test does not hold there: then it is skipped, or one that must fail. */
  readonly unproven?: string;
};

declare module '@vitest/runner' {
  // biome-ignore lint/style/useConsistentTypeDefinitions: only an interface can be added to.
  interface TaskMeta {
    proofs?: readonly Proof[];
  }
}

export type Proofs = {
  /** As vitest's, but for the tests that this target is known not to pass. */
  readonly it: (title: string, test: () => unknown) => void;
  /** A port whose calls count for the test that makes them. Made before each test, so that also one that is skipped is known to be about it. */
  readonly observed: <P extends object>(port: P) => P;
};

/** Takes down what the tests of a port prove on a target. */
export const proofsOf = (port: string, target: string): Proofs => {
  const reasons = unproven[target as Target]?.[port] ?? {};
  return {
    it: (title, test) => (reasons[title] === undefined ? vitestIt(title, test) : vitestIt.fails(title, test)),
    observed: (value) => {
      const reason = reasons[TestRunner.getCurrentTest()?.name ?? ''];
      note({ port, target, methods: [], ...(reason === undefined ? {} : { unproven: reason }) });
      return noting(value, (method) => note({ port, target, methods: [method] }));
    },
  };
};

/** Says why the running test, which is about to be skipped, does not hold for what it is about. */
export const noteUnproven = (reason: string): void => {
  for (const { port, target } of TestRunner.getCurrentTest()?.meta.proofs ?? []) note({ port, target, methods: [], unproven: reason });
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

/** Adds to what the running test has said of this port already. */
const note = (proof: Proof): void => {
  const test = TestRunner.getCurrentTest();
  if (test === undefined) return;
  const known = test.meta.proofs ?? [];
  const before = known.find(({ port, target }) => port === proof.port && target === proof.target);
  const methods = [...new Set([...(before?.methods ?? []), ...proof.methods])];
  test.meta.proofs = [...known.filter((other) => other !== before), { ...before, ...proof, methods }];
};
