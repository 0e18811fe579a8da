import { Queue as SqsQueue, type QueueArgs as SqsQueueArgs } from '@pulumi/aws/sqs/queue.js';
import { QueuePolicy, type QueuePolicyArgs } from '@pulumi/aws/sqs/queuePolicy.js';
import { ComponentResource, type ComponentResourceOptions, type Input, jsonStringify, type Output } from '@pulumi/pulumi';
import { contextTag, type Transform, tlsOnly, transformed } from './component.ts';
import { policyDocument } from './policy-document.ts';

const day = 86_400;

export type QueueArgs = {
  readonly context: string;
  readonly visibilitySeconds: number;
  /** Where a message goes after so many deliveries; a queue of dead letters has neither. */
  readonly deadLetterArn?: Input<string> | undefined;
  readonly attempts?: number;
  readonly keyArn?: Input<string> | undefined;
  /** Rules of event buses that send here, by their ARNs. */
  readonly ruleArns?: readonly Input<string>[];
  readonly transform?: { readonly queue?: Transform<SqsQueueArgs>; readonly policy?: Transform<QueuePolicyArgs> } | undefined;
};

/** A queue whose messages are encrypted, come by TLS only, and are given up to another queue rather than dropped. */
export class Queue extends ComponentResource {
  readonly url: Output<string>;
  readonly arn: Output<string>;
  readonly queueName: Output<string>;

  constructor(name: string, args: QueueArgs, options?: ComponentResourceOptions) {
    super('hybrid:aws:Queue', name, {}, options);
    const queue = new SqsQueue(`${name}-queue`, transformed(queueOf(args), args.transform?.queue), { parent: this });
    const policy = policyDocument([tlsOnly('sqs:*', [queue.arn]), ...fromRules(queue.arn, args.ruleArns ?? [])]);
    const access: QueuePolicyArgs = { queueUrl: queue.url, policy };
    new QueuePolicy(`${name}-policy`, transformed(access, args.transform?.policy), { parent: this });
    this.url = queue.url;
    this.arn = queue.arn;
    this.queueName = queue.name;
    this.registerOutputs({ url: this.url, arn: this.arn, queueName: this.queueName });
  }
}

const queueOf = ({ context, visibilitySeconds, deadLetterArn, attempts, keyArn }: QueueArgs): SqsQueueArgs => ({
  visibilityTimeoutSeconds: visibilitySeconds,
  // A dead letter keeps the age of its message: its queue has to keep it for longer than the one that it comes from.
  messageRetentionSeconds: deadLetterArn === undefined ? 14 * day : 7 * day,
  receiveWaitTimeSeconds: 20,
  ...(deadLetterArn === undefined
    ? {}
    : { redrivePolicy: jsonStringify({ deadLetterTargetArn: deadLetterArn, maxReceiveCount: attempts ?? 1 }) }),
  ...(keyArn === undefined ? { sqsManagedSseEnabled: true } : { kmsMasterKeyId: keyArn, kmsDataKeyReusePeriodSeconds: 3600 }),
  tags: contextTag(context),
});

const fromRules = (arn: Output<string>, ruleArns: readonly Input<string>[]) =>
  ruleArns.length === 0
    ? []
    : [
        {
          Sid: 'FromRules',
          Effect: 'Allow',
          Principal: { Service: 'events.amazonaws.com' },
          Action: ['sqs:SendMessage'],
          Resource: arn,
          Condition: { ArnLike: { 'aws:SourceArn': ruleArns } },
        } as const,
      ];
