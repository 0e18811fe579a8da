import { EventArchive, type EventArchiveArgs } from '@pulumi/aws/cloudwatch/eventArchive.js';
import { EventBus as Bus, type EventBusArgs as BusArgs } from '@pulumi/aws/cloudwatch/eventBus.js';
import { ComponentResource, type ComponentResourceOptions, type Input, type Output } from '@pulumi/pulumi';
import { type Transform, transformed } from './component.ts';

export type EventBusArgs = {
  readonly archiveDays: number;
  readonly keyArn?: Input<string> | undefined;
  /** Takes events that could not be encrypted or decrypted with that key. */
  readonly deadLetterArn?: Input<string> | undefined;
  readonly transform?: { readonly bus?: Transform<BusArgs>; readonly archive?: Transform<EventArchiveArgs> } | undefined;
};

/** The bus between contexts, and an archive from which its events can be replayed. */
export class EventBus extends ComponentResource {
  readonly busName: Output<string>;
  readonly arn: Output<string>;
  /** What the ARNs of this bus's rules begin with, without the last slash. */
  readonly ruleArns: Output<string>;

  constructor(name: string, args: EventBusArgs, options?: ComponentResourceOptions) {
    super('hybrid:aws:EventBus', name, {}, options);
    const key = args.keyArn === undefined ? {} : { kmsKeyIdentifier: args.keyArn };
    const lost = args.deadLetterArn === undefined ? {} : { deadLetterConfig: { arn: args.deadLetterArn } };
    const made: BusArgs = { description: 'Events between contexts', ...key, ...lost };
    const bus = new Bus(`${name}-bus`, transformed(made, args.transform?.bus), { parent: this });
    const archive = { eventSourceArn: bus.arn, retentionDays: args.archiveDays, ...key };
    new EventArchive(`${name}-archive`, transformed<EventArchiveArgs>(archive, args.transform?.archive), { parent: this });
    this.busName = bus.name;
    this.arn = bus.arn;
    this.ruleArns = bus.arn.apply((arn) => arn.replace(':event-bus/', ':rule/'));
    this.registerOutputs({ busName: this.busName, arn: this.arn });
  }
}
