import type { Timers } from '../timers.ts';
import { googleIdentity, type TokenSigner } from '../token-signer.ts';
import { type Queue, secondsOf, type Task, timestampOf } from './resources.ts';
import { backoffSeconds, isGivenUp } from './retry.ts';

export type Dispatcher = {
  readonly timers: Timers;
  /** Real milliseconds for each second of schedules, back-offs and deadlines. */
  readonly millisPerSecond: number;
  readonly signer: TokenSigner;
  now(): number;
};

const nameReuseMillis = 3600 * 1000;

/** Sends a task when its time has come, again and again until it is taken or given up; then it is gone. Whatever deletes the task ends this. */
export const dispatchTask = async (queue: Queue, task: Task, dispatcher: Dispatcher): Promise<void> => {
  const isThere = (): boolean => queue.tasks.get(task.name) === task;
  let firstAt: number | undefined;
  let previous: number | undefined;
  for (;;) {
    await untilDue(queue, task, dispatcher, isThere);
    if (!isThere()) return;
    firstAt ??= dispatcher.now();
    const { status, retryAfterSeconds } = await attempt(queue, task, previous, dispatcher);
    if (!isThere()) return;
    const sinceFirst = (dispatcher.now() - firstAt) / dispatcher.millisPerSecond;
    if (status !== undefined && status >= 200 && status < 300) return forget(queue, task, dispatcher.now());
    if (isGivenUp(task.dispatchCount, sinceFirst, queue.retryConfig)) return forget(queue, task, dispatcher.now());
    previous = status;
    const seconds = Math.max(backoffSeconds(task.dispatchCount, queue.retryConfig), retryAfterSeconds);
    task.scheduleTime = timestampOf(dispatcher.now() + seconds * 1000);
  }
};

export const forget = (queue: Queue, { name }: Task, now: number): void => {
  queue.tasks.delete(name);
  queue.usedNames.set(name, now + nameReuseMillis);
};

const pollMillis = 5;

/** Waits for the schedule time, whose distance is scaled like all times, and for a queue that runs; or until the task is told to run now. */
const untilDue = async (queue: Queue, task: Task, { timers, millisPerSecond, now }: Dispatcher, isThere: () => boolean): Promise<void> => {
  let isForced = false;
  const hurried = new Promise<void>((resolve) => {
    task.hurry = () => {
      isForced = true;
      resolve();
    };
  });
  const millis = ((Date.parse(task.scheduleTime) - now()) / 1000) * millisPerSecond;
  await Promise.race([timers.wait(Math.max(0, millis)), hurried]);
  while (!isForced && queue.state === 'PAUSED' && isThere()) await timers.wait(pollMillis);
};

type Answered = { readonly status?: number; readonly retryAfterSeconds: number };

const attempt = async (queue: Queue, task: Task, previous: number | undefined, dispatcher: Dispatcher): Promise<Answered> => {
  const started = { scheduleTime: task.scheduleTime, dispatchTime: timestampOf(dispatcher.now()) };
  const headers = headersOf(queue, task, previous, dispatcher);
  task.dispatchCount++;
  task.firstAttempt ??= started;
  task.lastAttempt = started;
  const answered = await send(task, headers, dispatcher);
  const { status } = answered;
  if (status === undefined) return answered;
  task.responseCount++;
  if (status < 500) task.executionCount++;
  task.lastAttempt = { ...started, responseTime: timestampOf(dispatcher.now()), status };
  return answered;
};

const send = async (
  { target, dispatchDeadline }: Task,
  headers: Record<string, string>,
  { millisPerSecond }: Dispatcher,
): Promise<Answered> => {
  try {
    const response = await fetch(target.url, {
      method: target.httpMethod,
      headers,
      body: target.body === undefined ? null : Buffer.from(target.body, 'base64'),
      signal: AbortSignal.timeout(Math.max(1000, secondsOf(dispatchDeadline) * millisPerSecond)),
    });
    await response.arrayBuffer();
    return { status: response.status, retryAfterSeconds: Number(response.headers.get('retry-after') ?? 0) || 0 };
  } catch {
    return { retryAfterSeconds: 0 };
  }
};

const lastOf = (name: string): string => name.slice(name.lastIndexOf('/') + 1);

const headersOf = (queue: Queue, task: Task, previous: number | undefined, { signer, now }: Dispatcher): Record<string, string> => {
  const { oidcToken, url, headers } = task.target;
  return {
    ...headers,
    ...(oidcToken === undefined
      ? {}
      : { authorization: `Bearer ${signer.sign(googleIdentity(oidcToken.serviceAccountEmail, oidcToken.audience ?? url, now()))}` }),
    'user-agent': 'Google-Cloud-Tasks',
    'x-cloudtasks-queuename': lastOf(queue.name),
    'x-cloudtasks-taskname': lastOf(task.name),
    'x-cloudtasks-taskretrycount': String(task.dispatchCount),
    'x-cloudtasks-taskexecutioncount': String(task.executionCount),
    'x-cloudtasks-tasketa': (Date.parse(task.scheduleTime) / 1000).toFixed(6),
    ...(previous === undefined ? {} : { 'x-cloudtasks-taskpreviousresponse': String(previous) }),
  };
};
