import type { JsonObject } from '../../../../domain/kernel/json.ts';

export type RetryConfig = {
  /** −1 is without end. */
  readonly maxAttempts: number;
  readonly minBackoff: string;
  readonly maxBackoff: string;
  readonly maxDoublings: number;
  readonly maxRetryDuration?: string;
};

export type HttpTarget = {
  readonly url: string;
  readonly httpMethod: string;
  readonly headers: Readonly<Record<string, string>>;
  /** Base64. */
  readonly body?: string;
  readonly oidcToken?: { readonly serviceAccountEmail: string; readonly audience?: string };
};

export type Attempt = {
  readonly scheduleTime: string;
  readonly dispatchTime: string;
  readonly responseTime?: string;
  readonly status?: number;
};

export type Task = {
  readonly name: string;
  readonly target: HttpTarget;
  readonly createTime: string;
  readonly dispatchDeadline: string;
  scheduleTime: string;
  dispatchCount: number;
  responseCount: number;
  /** Answers that were no 5xx: those failures do not count as executions. */
  executionCount: number;
  firstAttempt?: Attempt;
  lastAttempt?: Attempt;
  /** Ends the wait for the schedule time, to run now. */
  hurry?: () => void;
};

export type Queue = {
  readonly name: string;
  readonly tasks: Map<string, Task>;
  /** Names that were used and must not be yet, with the time until when. */
  readonly usedNames: Map<string, number>;
  state: 'RUNNING' | 'PAUSED';
  rateLimits: JsonObject;
  retryConfig: RetryConfig;
  purgeTime?: string;
};

export const defaultRetryConfig: RetryConfig = { maxAttempts: 100, minBackoff: '0.100s', maxBackoff: '3600s', maxDoublings: 16 };
export const defaultRateLimits: JsonObject = { maxDispatchesPerSecond: 500, maxBurstSize: 100, maxConcurrentDispatches: 1000 };

/** `3.5s` as 3.5. */
export const secondsOf = (duration: string): number => Number(duration.replace(/s$/, ''));

/** Microseconds are the API's precision; the fake has milliseconds. */
export const timestampOf = (millis: number): string => new Date(millis).toISOString();

export const queueResource = ({ name, state, rateLimits, retryConfig, purgeTime }: Queue): JsonObject => ({
  name,
  state,
  rateLimits,
  retryConfig,
  ...(purgeTime === undefined ? {} : { purgeTime }),
});

/** The basic view leaves the body out. */
export const taskResource = (task: Task, isFull: boolean): JsonObject => {
  const { body, oidcToken, ...target } = task.target;
  return {
    name: task.name,
    httpRequest: {
      ...target,
      ...(oidcToken === undefined ? {} : { oidcToken }),
      ...(isFull && body !== undefined ? { body } : {}),
    },
    scheduleTime: task.scheduleTime,
    createTime: task.createTime,
    dispatchDeadline: task.dispatchDeadline,
    dispatchCount: task.dispatchCount,
    responseCount: task.responseCount,
    ...(task.firstAttempt === undefined ? {} : { firstAttempt: { dispatchTime: task.firstAttempt.dispatchTime } }),
    ...(task.lastAttempt === undefined ? {} : { lastAttempt: attemptResource(task.lastAttempt) }),
    view: isFull ? 'FULL' : 'BASIC',
  };
};

const attemptResource = ({ scheduleTime, dispatchTime, responseTime, status }: Attempt): JsonObject => ({
  scheduleTime,
  dispatchTime,
  ...(responseTime === undefined
    ? {}
    : { responseTime, responseStatus: { code: status === undefined ? 4 : 13, message: `HTTP status code ${status}` } }),
});
