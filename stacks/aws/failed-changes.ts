import { EventRule } from '@pulumi/aws/cloudwatch/eventRule.js';
import { EventTarget } from '@pulumi/aws/cloudwatch/eventTarget.js';
import { ComponentResource, type ComponentResourceOptions, type Input, jsonStringify } from '@pulumi/pulumi';

export type FailedChangesArgs = { readonly bucketName: Input<string>; readonly deadLetterArn: Input<string> };

/** Tells the dead letters of every change that was laid aside in a bucket; nobody would look there otherwise. */
export class FailedChanges extends ComponentResource {
  constructor(name: string, { bucketName, deadLetterArn }: FailedChangesArgs, options?: ComponentResourceOptions) {
    super('hybrid:aws:FailedChanges', name, {}, options);
    const written = { source: ['aws.s3'], 'detail-type': ['Object Created'], detail: { bucket: { name: [bucketName] } } };
    const rule = new EventRule(`${name}-rule`, { eventPattern: jsonStringify(written) }, { parent: this });
    const target = { rule: rule.name, arn: deadLetterArn, deadLetterConfig: { arn: deadLetterArn } };
    new EventTarget(`${name}-target`, target, { parent: this });
    this.registerOutputs({});
  }
}
