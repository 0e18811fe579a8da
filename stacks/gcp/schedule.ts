import { Job, type JobArgs } from '@pulumi/gcp/cloudscheduler/job.js';
import { ComponentResource, type ComponentResourceOptions } from '@pulumi/pulumi';
import { type Transform, transformed } from '../component.ts';
import { seconds } from './component.ts';
import type { Call } from './dead-letters.ts';

export type ScheduleArgs = {
  readonly region: string;
  readonly everySeconds: number;
  readonly timeoutSeconds: number;
  readonly push: Call;
  readonly transform?: { readonly job?: Transform<JobArgs> } | undefined;
};

/** Calls a function every so often, and again where it fails, but never so long that the next call comes before. */
export class Schedule extends ComponentResource {
  constructor(name: string, args: ScheduleArgs, options?: ComponentResourceOptions) {
    super('hybrid:gcp:Schedule', name, {}, options);
    const { region, everySeconds, timeoutSeconds, push } = args;
    const made: JobArgs = {
      region,
      schedule: cronOf(everySeconds),
      timeZone: 'Etc/UTC',
      attemptDeadline: seconds(Math.max(15, timeoutSeconds)),
      retryConfig: {
        retryCount: everySeconds < 600 ? 0 : 3,
        minBackoffDuration: seconds(10),
        maxBackoffDuration: seconds(60),
        maxRetryDuration: seconds(Math.min(3600, everySeconds)),
      },
      httpTarget: {
        uri: push.url,
        httpMethod: 'POST',
        oidcToken: { serviceAccountEmail: push.account, audience: push.audience },
      },
    };
    new Job(`${name}-schedule`, transformed(made, args.transform?.job), { parent: this, dependsOn: push.admitted });
    this.registerOutputs({});
  }
}

const minute = 60;
const hour = 60 * minute;
const day = 24 * hour;

/** The periods that a line of cron can say exactly: what divides an hour in minutes, a day in hours, or is a day. */
export const isRegular = (everySeconds: number): boolean =>
  everySeconds % minute === 0 &&
  ((everySeconds <= hour && hour % everySeconds === 0) || (everySeconds % hour === 0 && everySeconds <= day && day % everySeconds === 0));

export const cronOf = (everySeconds: number): string => {
  if (everySeconds < hour) return `*/${everySeconds / minute} * * * *`;
  return everySeconds < day ? `0 */${everySeconds / hour} * * *` : '0 0 * * *';
};
