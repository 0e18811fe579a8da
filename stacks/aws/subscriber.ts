import { EventRule, type EventRuleArgs } from '@pulumi/aws/cloudwatch/eventRule.js';
import { EventTarget, type EventTargetArgs } from '@pulumi/aws/cloudwatch/eventTarget.js';
import { ComponentResource, type ComponentResourceOptions, type Input, type Output } from '@pulumi/pulumi';
import { type Transform, transformed } from './component.ts';
import { Queue, type QueueArgs } from './queue.ts';

export type SubscriberArgs = {
  readonly context: string;
  readonly busName: Input<string>;
  /** Exact event types, or all that the platform says. */
  readonly types: readonly string[] | '*';
  readonly attempts: number;
  readonly visibilitySeconds: number;
  /** Takes what could not be handled, and what could not even be put into the queue. */
  readonly deadLetterArn: Input<string>;
  readonly keyArn?: Input<string> | undefined;
  readonly transform?:
    | { readonly rule?: Transform<EventRuleArgs>; readonly target?: Transform<EventTargetArgs>; readonly queue?: QueueArgs['transform'] }
    | undefined;
};

/** A filter on the bus, a queue behind it, a retry and a dead letter: what AWS takes four resources for, and other clouds one. */
export class Subscriber extends ComponentResource {
  readonly queue: Queue;
  readonly queueArn: Output<string>;

  constructor(name: string, args: SubscriberArgs, options?: ComponentResourceOptions) {
    super('hybrid:aws:Subscriber', name, {}, options);
    const matching: EventRuleArgs = { eventBusName: args.busName, eventPattern: patternOf(args.types) };
    const rule = new EventRule(`${name}-rule`, transformed(matching, args.transform?.rule), { parent: this });
    const { context, visibilitySeconds, deadLetterArn, attempts, keyArn } = args;
    this.queue = new Queue(
      name,
      { context, visibilitySeconds, deadLetterArn, attempts, keyArn, ruleArns: [rule.arn], transform: args.transform?.queue },
      { parent: this },
    );
    const target: EventTargetArgs = {
      eventBusName: args.busName,
      rule: rule.name,
      arn: this.queue.arn,
      deadLetterConfig: { arn: deadLetterArn },
      retryPolicy: { maximumEventAgeInSeconds: 86_400, maximumRetryAttempts: 185 },
    };
    new EventTarget(`${name}-target`, transformed(target, args.transform?.target), { parent: this });
    this.queueArn = this.queue.arn;
    this.registerOutputs({ queueArn: this.queueArn });
  }
}

const patternOf = (types: readonly string[] | '*'): string =>
  JSON.stringify(types === '*' ? { source: [{ prefix: 'urn:hybrid:' }] } : { 'detail-type': types });
