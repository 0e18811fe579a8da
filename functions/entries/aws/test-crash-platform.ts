import type { SQSBatchResponse, SQSEvent } from 'aws-lambda';
import { openCloud } from '../../../adapters/aws/index.ts';
import type { Account, TestStream, WorkedQueue } from '../../../adapters/aws/test-account.ts';
import { type Fault, faultsOf, isPassing, type Process } from '../../../adapters/aws/test-faults.ts';
import { usualBackoff } from '../../../adapters/cloud/retry.ts';
import type { CalledLog } from '../../kernel/log.ts';
import { testLog } from '../../kernel/test-serving.ts';
import type { BoundContext } from '../bound-context.ts';
import { changesFunction } from './changes-function.ts';
import type { AwsCloud } from './cloud.ts';
import { deadLettersFunction } from './dead-letters-function.ts';
import { eventsFunction } from './events-function.ts';
import { httpFunction } from './http-function.ts';
import type { Lambda } from './lambda.ts';
import { queuesFunction } from './queues-function.ts';
import { schedulesFunction } from './schedules-function.ts';
import { calledWith, httpEvent } from './test-cloud.ts';

export type CrashOptions = {
  readonly account: Account;
  readonly bound: readonly BoundContext[];
  readonly fault: Fault | undefined;
  readonly ports?: Partial<AwsCloud>;
};

export type Asked = { readonly body?: object; readonly key: string; readonly idempotencyKey?: string };
export type Answered = { readonly status: number; readonly headers: Readonly<Record<string, unknown>>; readonly body: unknown };

/** What is somebody else's until he is done or his time is over. */
const leased = ['idempotency-in-progress', 'dead-letter-claimed'];
/** No claim of a request lasts longer: so long a gateway waits. */
const leaseMillis = 30_000;
const mostTries = 20;

const backoff = { ...usualBackoff, random: () => 0, wait: async () => undefined };

/** The functions of a unit, as the first call of a process makes them. */
const functionsIn = (bound: readonly BoundContext[], lambda: Lambda) => ({
  http: httpFunction(bound, lambda),
  changes: changesFunction(bound, lambda),
  events: eventsFunction(bound, lambda),
  queues: queuesFunction(bound, lambda),
  schedules: schedulesFunction(bound, lambda),
  deadLetters: deadLettersFunction(lambda),
});
type Functions = ReturnType<typeof functionsIn>;
type Unit = keyof Functions;

/**
 * The entries over the real adapters, called as Lambda and clients call them: what ends without an answer is asked again, in a new process where
 * the one before it died. `disturbances` are what anybody above the adapters noticed.
 */
export const platformOn = ({ account, bound, fault, ports = {} }: CrashOptions) => {
  const faults = faultsOf(fault);
  const disturbances: string[] = [];
  const told = () => disturbances.slice(0, 5).join('; ');
  let ahead = 0;
  const clock = { now: () => new Date(Date.now() + ahead) };
  const started = new Map<Unit, { readonly process: Process; readonly functions: Functions }>();
  const logged = testLog();
  const log: CalledLog = { ...logged, calledAs: () => undefined };

  const openedIn = ({ fetch }: Process) => openCloud(account.environment, { clock, backoff, fetch });

  const start = (unit: Unit) => {
    const process = faults.process();
    const cloud: AwsCloud = { ...openedIn(process), ...ports };
    const one = { process, functions: functionsIn(bound, { cloud, environment: account.environment, log }) };
    started.set(unit, one);
    return one;
  };

  /** Nothing where the call failed, or its process died before the answer. */
  const call = async <R>(unit: Unit, run: (functions: Functions) => Promise<R>): Promise<R | undefined> => {
    const { process, functions } = started.get(unit) ?? start(unit);
    const outcome = await run(functions).catch((error: unknown) => void disturbances.push(`${unit}: ${String(error)}`));
    process.called();
    if (!process.isOver()) return outcome as R | undefined;
    started.delete(unit);
    disturbances.push(`${unit}: died`);
    return undefined;
  };

  const again = async <R>(once: () => Promise<R | undefined>): Promise<R> => {
    for (let tries = 0; tries < mostTries; tries++) {
      const outcome = await once();
      if (outcome !== undefined) return outcome;
    }
    throw new TypeError(`this does not succeed: ${told()}`);
  };

  /** Asks until there is an answer that is not ours to be sorry for. */
  const ask = async (method: string, path: string, { body, key, idempotencyKey }: Asked): Promise<Answered> => {
    const headers = {
      authorization: `Bearer ${key}`,
      'content-type': 'application/json',
      ...(idempotencyKey === undefined ? {} : { 'idempotency-key': idempotencyKey }),
    };
    const event = httpEvent(method, path, { headers, ...(body === undefined ? {} : { body: JSON.stringify(body) }) });
    for (let tries = 0; tries < mostTries; tries++) {
      const result = await call('http', ({ http }) => http(event, calledWith()));
      if (result === undefined) continue;
      const { statusCode: status = 500, body: text = '{}', isBase64Encoded } = result;
      const answer = JSON.parse(isBase64Encoded ? Buffer.from(text, 'base64').toString() : text) as { readonly code?: string };
      if (status >= 400) disturbances.push(`${method} ${path}: ${status} ${answer.code}`);
      if (status < 500 && answer.code !== 'idempotency-in-progress') return { status, headers: result.headers ?? {}, body: answer };
      if (leased.includes(answer.code ?? '')) ahead += leaseMillis;
    }
    throw new TypeError(`no answer to ${method} ${path}: ${told()}`);
  };

  /** False where a stream has nothing. Goes on from the first record that was not handled. */
  const readStream = async (stream: TestStream): Promise<boolean> => {
    const Records = [...(await stream.pending())];
    if (Records.length === 0) return false;
    const outcome = await call('changes', ({ changes }) => changes({ Records }, calledWith()));
    const first = outcome?.batchItemFailures[0]?.itemIdentifier;
    if (first !== undefined) disturbances.push(`changes: ${first} again`);
    const at = Records.findIndex(({ dynamodb }) => dynamodb?.SequenceNumber === first);
    stream.pass(outcome === undefined ? 0 : first === undefined ? Records.length : at);
    return true;
  };

  type Worked = 'events' | 'queues' | 'deadLetters';
  const readQueue = async (unit: Worked, queue: WorkedQueue): Promise<boolean> => {
    const Records = [...(await queue.receive())];
    if (Records.length === 0) return false;
    const outcome = await call<SQSBatchResponse>(unit, (functions) => functions[unit]({ Records } satisfies SQSEvent, calledWith()));
    const failed = new Set(outcome?.batchItemFailures.map(({ itemIdentifier }) => itemIdentifier) ?? Records.map((one) => one.messageId));
    if (failed.size > 0) disturbances.push(`${unit}: ${failed.size} again`);
    await queue.delete(Records.filter(({ messageId }) => !failed.has(messageId)));
    await queue.again(Records.filter(({ messageId }) => failed.has(messageId)));
    return true;
  };

  /** Everything once that waits somewhere; false where nothing does. */
  const deliver = async (): Promise<boolean> => {
    let busy = false;
    for (const stream of account.streams) busy = (await readStream(stream)) || busy;
    busy = (await readQueue('events', account.events)) || busy;
    for (const { work, deadLetters } of account.queues) {
      busy = (await readQueue('queues', work)) || busy;
      busy = (await readQueue('deadLetters', deadLetters)) || busy;
    }
    return busy;
  };

  return {
    clock,
    ask,
    readQueue,
    deliver,
    disturbances: disturbances as readonly string[],
    operations: faults.operations,
    log: logged,
    /** Until nothing waits any more. */
    async settle(): Promise<void> {
      for (let rounds = 0; await deliver(); rounds++) if (rounds > 50) throw new TypeError(`this does not come to an end: ${told()}`);
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
        call('schedules', async ({ schedules }) => {
          await schedules({ schedule }, calledWith());
          return 'kept';
        }),
      ),
    /** What no function does by itself: with a process of its own each time, until it succeeds. */
    async direct<R>(does: (cloud: ReturnType<typeof openedIn>) => Promise<R>): Promise<R> {
      const { done } = await again(async () => {
        const process = faults.process();
        const outcome = await does(openedIn(process)).then(
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
