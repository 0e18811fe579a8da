import { Trigger, type TriggerArgs } from '@pulumi/gcp/eventarc/trigger.js';
import { ComponentResource, type ComponentResourceOptions, type Input, type Resource as PulumiResource } from '@pulumi/pulumi';
import { type Transform, transformed } from '../component.ts';
import { contextLabel } from './component.ts';

export type ChangeTriggerArgs = {
  readonly context: string;
  readonly region: string;
  readonly databaseName: Input<string>;
  readonly collection: string;
  /** Of Cloud Run. */
  readonly serviceName: Input<string>;
  readonly path: string;
  readonly account: Input<string>;
  /** What has to be there before it rings. */
  readonly grants: Promise<PulumiResource[]>;
  readonly transform?: { readonly trigger?: Transform<TriggerArgs> } | undefined;
};

/**
 * Rings a function's bell when a document changes. What is not answered with success rings again for a day, with back-off, in no order
 * (`retryPolicy` could only turn that off: see ADR 25): the function reads for itself what changed, and a
 * schedule sweeps what no bell was heard of.
 */
export class ChangeTrigger extends ComponentResource {
  constructor(name: string, args: ChangeTriggerArgs, options?: ComponentResourceOptions) {
    super('hybrid:gcp:ChangeTrigger', name, {}, options);
    new Trigger(`${name}-trigger`, transformed(triggerOf(args), args.transform?.trigger), { parent: this, dependsOn: args.grants });
    this.registerOutputs({});
  }
}

const triggerOf = ({ context, region, databaseName, collection, serviceName, path, account }: ChangeTriggerArgs): TriggerArgs => ({
  location: region,
  matchingCriterias: [
    { attribute: 'type', value: 'google.cloud.firestore.document.v1.written' },
    { attribute: 'database', value: databaseName },
    { attribute: 'document', value: `${collection}/{id}`, operator: 'match-path-pattern' },
  ],
  eventDataContentType: 'application/protobuf',
  destination: { cloudRunService: { service: serviceName, region, path } },
  serviceAccount: account,
  labels: contextLabel(context),
});
