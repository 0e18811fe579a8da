import { Schedule as SchedulerSchedule, type ScheduleArgs as SchedulerScheduleArgs } from '@pulumi/aws/scheduler/schedule.js';
import { ComponentResource, type ComponentResourceOptions, type Input } from '@pulumi/pulumi';
import { type Transform, transformed } from './component.ts';

export type ScheduleArgs = {
  /** As it is declared, with its context: `models.upload-sweep`. */
  readonly schedule: string;
  readonly everySeconds: number;
  readonly functionArn: Input<string>;
  readonly roleArn: Input<string>;
  readonly deadLetterArn: Input<string>;
  readonly transform?: { readonly schedule?: Transform<SchedulerScheduleArgs> } | undefined;
};

/** Calls a function every so often. A call that AWS could not make becomes a dead letter. */
export class Schedule extends ComponentResource {
  constructor(name: string, args: ScheduleArgs, options?: ComponentResourceOptions) {
    super('hybrid:aws:Schedule', name, {}, options);
    const made: SchedulerScheduleArgs = {
      scheduleExpression: rateOf(args.everySeconds),
      flexibleTimeWindow: { mode: 'OFF' },
      target: {
        arn: args.functionArn,
        roleArn: args.roleArn,
        input: JSON.stringify({ schedule: args.schedule }),
        retryPolicy: { maximumEventAgeInSeconds: Math.min(86_400, Math.max(60, args.everySeconds)), maximumRetryAttempts: 10 },
        deadLetterConfig: { arn: args.deadLetterArn },
      },
    };
    new SchedulerSchedule(`${name}-schedule`, transformed(made, args.transform?.schedule), { parent: this });
    this.registerOutputs({});
  }
}

const rateOf = (everySeconds: number): string => {
  const minutes = everySeconds / 60;
  return `rate(${minutes} ${minutes === 1 ? 'minute' : 'minutes'})`;
};
