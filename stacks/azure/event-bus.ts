import { Topic, type TopicArgs } from '@pulumi/azure-native/eventgrid/topic.js';
import { UserAssignedIdentity, type UserAssignedIdentityArgs } from '@pulumi/azure-native/managedidentity/userAssignedIdentity.js';
import { ComponentResource, type ComponentResourceOptions, type Input, type Output } from '@pulumi/pulumi';
import { type TransformEach, transformed } from '../component.ts';
import { type Home, placed, tagsOf } from './component.ts';
import { type Assigned, assign } from './role.ts';

export type EventBusArgs = {
  readonly home: Home;
  readonly subscriptionId: Input<string>;
  /** The container that what could not be delivered goes into, as the id of a scope. */
  readonly undeliveredId: Input<string>;
  readonly transform?: TransformEach<{ topic: TopicArgs; identity: UserAssignedIdentityArgs }> | undefined;
};

/** The bus between contexts: CloudEvents only, and only from who has an identity that may. It delivers with an identity of its own. */
export class EventBus extends ComponentResource {
  readonly id: Output<string>;
  readonly topicName: Output<string>;
  /** Where to publish: `https://<topic>.<region>-1.eventgrid.azure.net`. */
  readonly endpoint: Output<string>;
  readonly identityId: Output<string>;
  readonly principalId: Output<string>;
  /** What has to be there before an event can be given up. */
  readonly mayGiveUp: Assigned;

  constructor(name: string, args: EventBusArgs, options?: ComponentResourceOptions) {
    super('hybrid:azure:EventBus', name, {}, options);
    const { home, transform = {} } = args;
    const tags = tagsOf(home, 'platform');
    const delivers: UserAssignedIdentityArgs = { ...placed(home), tags };
    const identity = new UserAssignedIdentity(`${name}-identity`, transformed(delivers, transform.identity), { parent: this });
    const { subscriptionId, undeliveredId: scope } = args;
    this.mayGiveUp = assign(
      `${name}-undelivered`,
      { subscriptionId, role: 'blob-contributor', scope, principalId: identity.principalId },
      this,
    );
    const made: TopicArgs = {
      ...placed(home),
      inputSchema: 'CloudEventSchemaV1_0',
      disableLocalAuth: true,
      minimumTlsVersionAllowed: '1.2',
      identity: { type: 'UserAssigned', userAssignedIdentities: identity.id.apply((id) => ({ [id]: {} })) },
      tags,
    };
    const topic = new Topic(`${name}-topic`, transformed(made, transform.topic), { parent: this });
    this.id = topic.id;
    this.topicName = topic.name;
    this.endpoint = topic.endpoint.apply(originOf);
    this.identityId = identity.id;
    this.principalId = identity.principalId;
    this.registerOutputs({ topicName: this.topicName, endpoint: this.endpoint });
  }
}

/** Event Grid tells the whole path of its events; adapters know that themselves. */
const originOf = (endpoint: string): string => endpoint.replace(/\/api\/events.*$/, '');
