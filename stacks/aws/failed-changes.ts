import { EventRule, type EventRuleArgs } from '@pulumi/aws/cloudwatch/eventRule.js';
import { EventTarget, type EventTargetArgs } from '@pulumi/aws/cloudwatch/eventTarget.js';
import { ComponentResource, type ComponentResourceOptions, type Input, jsonStringify } from '@pulumi/pulumi';
import { type Transform, transformed } from './component.ts';

export type FailedChangesArgs = {
  readonly bucketName: Input<string>;
  readonly deadLetterArn: Input<string>;
  readonly transform?: { readonly rule?: Transform<EventRuleArgs>; readonly target?: Transform<EventTargetArgs> } | undefined;
};

/** Tells the dead letters of every change that was laid aside in a bucket; nobody would look there otherwise. */
export class FailedChanges extends ComponentResource {
  constructor(name: string, { bucketName, deadLetterArn, transform }: FailedChangesArgs, options?: ComponentResourceOptions) {
    super('hybrid:aws:FailedChanges', name, {}, options);
    const written = { source: ['aws.s3'], 'detail-type': ['Object Created'], detail: { bucket: { name: [bucketName] } } };
    const matching: EventRuleArgs = { eventPattern: jsonStringify(written) };
    const rule = new EventRule(`${name}-rule`, transformed(matching, transform?.rule), { parent: this });
    const target: EventTargetArgs = { rule: rule.name, arn: deadLetterArn, deadLetterConfig: { arn: deadLetterArn } };
    new EventTarget(`${name}-target`, transformed(target, transform?.target), { parent: this });
    this.registerOutputs({});
  }
}
