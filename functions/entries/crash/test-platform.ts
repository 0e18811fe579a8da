import { usualBackoff } from '../../../adapters/cloud/retry.ts';
import { type Fault, faultsOf, isPassing, type Process } from '../../../adapters/conformance/faults.ts';
import { testLog } from '../../kernel/test-serving.ts';
import type { BoundContext } from '../bound-context.ts';
import type { DeliveringCloud } from '../cloud.ts';
import type { Calls, CrashCloud, Crashing, World } from './test-world.ts';

export type CrashOptions<W extends World, F> = {
  readonly crashing: Crashing<W, F>;
  readonly world: W;
  readonly bound: readonly BoundContext[];
  readonly fault: Fault | undefined;
  readonly ports: Partial<DeliveringCloud>;
};

export type Asked = { readonly body?: object; readonly key: string; readonly idempotencyKey?: string };
export type Answered = { readonly status: number; readonly headers: Readonly<Record<string, unknown>>; readonly body: unknown };

/** What is somebody else's until he is done or his time is over. */
const leased = ['idempotency-in-progress', 'dead-letter-claimed'];
/** No claim of a request lasts longer: so long a gateway waits. */
const leaseMillis = 30_000;
const mostTries = 20;

const backoff = { ...usualBackoff, random: () => 0, wait: async () => undefined };

const requestFor = (method: string, path: string, { body, key, idempotencyKey }: Asked): Request =>
  new Request(`https://platform.example${path}`, {
    method,
    headers: {
      authorization: `Bearer ${key}`,
      'content-type': 'application/json',
      ...(idempotencyKey === undefined ? {} : { 'idempotency-key': idempotencyKey }),
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });

/**
 * The entries over the real adapters, called as a cloud and its clients call them: what ends without an answer is asked again, in a new process where
 * the one before it died. `disturbances` are what anybody above the adapters noticed.
 */
export const platformOn = <W extends World, F>({ crashing, world, bound, fault, ports }: CrashOptions<W, F>) => {
  const disturbances: string[] = [];
  const told = () => disturbances.slice(0, 5).join('; ');
  let ahead = 0;
  const clock = { now: () => new Date(Date.now() + ahead) };
  const started = new Map<string, { readonly process: Process; readonly functions: F }>();
  const log = testLog();

  const call: Calls<F>['call'] = async (unit, run) => {
    const { process, functions } = started.get(unit) ?? start(unit);
    const outcome = await run(functions).catch((error: unknown) => void disturbances.push(`${unit}: ${String(error)}`));
    process.called();
    if (!process.isOver()) return outcome as Awaited<ReturnType<typeof run>> | undefined;
    started.delete(unit);
    disturbances.push(`${unit}: died`);
    return undefined;
  };
  const calls: Calls<F> = { call, disturbed: (what) => void disturbances.push(what) };
  const faults = faultsOf(fault, crashing.answers, crashing.network?.(world, calls));
  const openedIn = ({ fetch }: Process) => ({ world, clock, backoff, fetch });

  const start = (unit: string) => {
    const process = faults.process();
    const one = { process, functions: crashing.start({ ...openedIn(process), bound, ports, log }) };
    started.set(unit, one);
    return one;
  };

  const again = async <R>(once: () => Promise<R | undefined>): Promise<R> => {
    for (let tries = 0; tries < mostTries; tries++) {
      const outcome = await once();
      if (outcome !== undefined) return outcome;
    }
    throw new TypeError(`this does not succeed: ${told()}`);
  };

  /** Asks until there is an answer that is not ours to be sorry for. */
  const ask = async (method: string, path: string, asked: Asked): Promise<Answered> => {
    for (let tries = 0; tries < mostTries; tries++) {
      const answer = await call('http', async (functions) => {
        const { status, headers, body } = await crashing.ask(functions, requestFor(method, path, asked));
        const text = await new Response(body).text();
        return { status, headers: Object.fromEntries(headers), body: JSON.parse(text || '{}') as { readonly code?: string } };
      });
      if (answer === undefined) continue;
      const { status, body } = answer;
      if (status >= 400) disturbances.push(`${method} ${path}: ${status} ${body.code}`);
      if (status < 500 && body.code !== 'idempotency-in-progress') return answer;
      if (leased.includes(body.code ?? '')) ahead += leaseMillis;
    }
    throw new TypeError(`no answer to ${method} ${path}: ${told()}`);
  };

  const deliver = () => crashing.deliver(world, calls);

  return {
    clock,
    ask,
    disturbances: disturbances as readonly string[],
    operations: faults.operations,
    /** Until nothing waits any more. */
    async settle(): Promise<void> {
      for (let rounds = 0; await deliver(); rounds++) if (rounds > 500) throw new TypeError(`this does not come to an end: ${told()}`);
    },
    /** Delivers while something waits for what is delivered. */
    async during<T>(work: Promise<T>): Promise<T> {
      let over = false;
      const watched = work.finally(() => {
        over = true;
      });
      watched.catch(() => undefined);
      while (!over) if (!(await deliver())) await new Promise((resolve) => setTimeout(resolve, 5));
      return watched;
    },
    /** As a scheduler has it: again until it succeeds. */
    keep: (schedule: string): Promise<unknown> =>
      again(() =>
        call('schedules', async (functions) => {
          await crashing.keep(functions, schedule);
          return 'kept';
        }),
      ),
    /** What no function does by itself: with a process of its own each time, until it succeeds. */
    async direct<R>(does: (cloud: CrashCloud) => Promise<R>): Promise<R> {
      const { done } = await again(async () => {
        const process = faults.process();
        const outcome = await does(crashing.open(openedIn(process))).then(
          (done) => ({ done }),
          (error: unknown) => void disturbances.push(String(error)),
        );
        return process.isOver() ? undefined : (outcome ?? undefined);
      });
      return done;
    },
    /** What comes now only looks at what came of it all. */
    rest: faults.rest,
    mayHaveDied: () => fault !== undefined && !isPassing(fault.kind),
    /** What is over by the next attempt is nobody's business but the adapters'. */
    unnoticed: (): readonly string[] => (fault === undefined || isPassing(fault.kind) ? disturbances : []),
  };
};

export type CrashPlatform = ReturnType<typeof platformOn>;
