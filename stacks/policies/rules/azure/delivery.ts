import { profiles } from '../../../environment.ts';
import { at, type GraphRule, ofType, type Resource, type Resources, textAt, type Violation } from '../../rule.ts';
import { roleIn } from './roles.ts';

const sender = 'c6a89b2d-59bc-44d0-9896-0f6e12d7b80a';
const receiver = '974c5e8b-45b9-4653-ba55-5f855dd0fb88';
const contributor = 'ba92f5b4-2d11-453d-a403-e95b0029c9fe';

const broken = (resources: Resources, says: (resource: Resource) => string | undefined): readonly Violation[] =>
  resources.flatMap((resource) => {
    const wrong = says(resource);
    return wrong === undefined ? [] : [{ resource, says: wrong }];
  });

/** Who has a role whose scope ends so. */
const holders = (resources: Resources, role: string, ending: string): readonly string[] =>
  ofType(resources, 'azure-native:authorization:RoleAssignment')
    .filter((one) => roleIn(textAt(one, 'roleDefinitionId')) === role && textAt(one, 'scope').endsWith(ending))
    .map((one) => textAt(one, 'principalId'));

const principalOf = (resources: Resources, identityId: string): string =>
  textAt(
    ofType(resources, 'azure-native:managedidentity:UserAssignedIdentity').find((one) => textAt(one, 'id') === identityId) ?? { props: {} },
    'principalId',
  );

const subscriptions = 'azure-native:eventgrid:TopicEventSubscription';
const queues = 'azure-native:storage:Queue';

const everySubscriptionGivesUp: GraphRule = {
  name: 'azure-subscription-gives-up-to-blobs',
  describes: 'What Event Grid cannot deliver is tried for a day and then kept as a blob; it delivers CloudEvents, as nobody but itself.',
  breaks: (resources) =>
    broken(ofType(resources, subscriptions), (one) => {
      if (textAt(one, 'deadLetterWithResourceIdentity', 'deadLetterDestination', 'blobContainerName') === '')
        return 'an event that cannot be delivered is lost';
      if (!(Number(at(one, 'retryPolicy', 'maxDeliveryAttempts') ?? 0) >= 1)) return 'it does not say how often it tries';
      if (textAt(one, 'deliveryWithResourceIdentity', 'identity', 'userAssignedIdentity') === '') return 'it delivers with a key';
      return at(one, 'eventDeliverySchema') === 'CloudEventSchemaV1_0' ? undefined : 'it delivers events that are none of CloudEvents';
    }),
};

const everySubscriptionReachesItsQueue: GraphRule = {
  name: 'azure-subscription-may-send-to-its-queue',
  describes: 'The identity of the bus may send to the queue behind each subscription, and write what it gives up.',
  breaks: (resources) =>
    broken(ofType(resources, subscriptions), (one) => {
      const principal = principalOf(resources, textAt(one, 'deliveryWithResourceIdentity', 'identity', 'userAssignedIdentity'));
      const queue = textAt(one, 'deliveryWithResourceIdentity', 'destination', 'queueName');
      if (!ofType(resources, queues).some((found) => textAt(found, 'queueName') === queue)) return 'it sends to no queue of this stack';
      if (!holders(resources, sender, `/queues/${queue}`).includes(principal)) return `it may not send to ${queue}`;
      const container = textAt(one, 'deadLetterWithResourceIdentity', 'deadLetterDestination', 'blobContainerName');
      return holders(resources, contributor, `/containers/${container}`).includes(principal)
        ? undefined
        : `it may not write to ${container}`;
    }),
};

const isPoison = (queue: Resource): boolean => textAt(queue, 'queueName').endsWith('-poison');

const everyQueueGivesUp: GraphRule = {
  name: 'azure-queue-gives-up-to-another',
  describes:
    'Beside each queue is the one for what was tried too often; who reads the first may send to the second, and somebody reads that.',
  breaks: (resources) => {
    const names = new Set(ofType(resources, queues).map((queue) => textAt(queue, 'queueName')));
    return broken(ofType(resources, queues), (queue) => {
      const name = textAt(queue, 'queueName');
      const readers = holders(resources, receiver, `/queues/${name}`);
      if (readers.length === 0) return isPoison(queue) ? 'nobody takes its dead letters out' : 'nobody reads it';
      if (isPoison(queue)) return undefined;
      if (!names.has(`${name}-poison`)) return 'what fails in it is tried for ever, or lost';
      const giving = [sender, receiver].flatMap((role) => holders(resources, role, `/queues/${name}-poison`));
      return readers.every((reader) => giving.includes(reader)) ? undefined : 'who reads it may not give anything up';
    });
  },
};

const alerts = (resources: Resources): Resources => [
  ...ofType(resources, 'azure-native:monitor:MetricAlert'),
  ...ofType(resources, 'azure-native:monitor:ScheduledQueryRule'),
];

const everyAlertTellsSomebody: GraphRule = {
  name: 'azure-alert-is-heard',
  describes: 'Every alert calls an action group of the stack.',
  breaks: (resources) => {
    const groups = ofType(resources, 'azure-native:monitor:ActionGroup').map((group) => textAt(group, 'id'));
    return broken(alerts(resources), (alert) => {
      const told = textAt(alert, 'actions', 0, 'actionGroupId') || textAt(alert, 'actions', 'actionGroups', 0);
      return groups.includes(told) ? undefined : 'it tells nobody';
    });
  },
};

const everyDeadLetterIsWatched: GraphRule = {
  name: 'azure-dead-letter-is-watched',
  describes: 'Somebody is told when anything was given up, by a queue’s reader or by the bus; outside dev also when an app fails.',
  breaks: (resources, environment) => {
    const text = JSON.stringify(alerts(resources).map(({ props }) => props));
    const metric = (name: string) => text.includes(`"metricName":"${name}"`);
    const asked = ofType(resources, 'azure-native:monitor:ScheduledQueryRule').some((rule) =>
      textAt(rule, 'criteria', 'allOf', 0, 'query').includes('dead-letters'),
    );
    const topics = ofType(resources, 'azure-native:eventgrid:Topic');
    const apps = ofType(resources, 'azure-native:web:WebApp');
    return [
      ...broken(topics, () =>
        metric('DeadLetteredCount') && metric('DroppedEventCount') ? undefined : 'nobody is told of what it gives up',
      ),
      ...broken(ofType(resources, queues).filter(isPoison), () => (asked ? undefined : 'nobody is told of its dead letters')),
      ...(profiles[environment].alarms === 'all'
        ? broken(apps, (app) => (text.includes(`"${textAt(app, 'name')}"`) ? undefined : 'nobody is told when it fails'))
        : broken(apps.slice(0, 1), () => (metric('requests/failed') ? undefined : 'nobody is told when apps fail'))),
    ];
  },
};

export const ofAzureDelivery: readonly GraphRule[] = [
  everySubscriptionGivesUp,
  everySubscriptionReachesItsQueue,
  everyQueueGivesUp,
  everyAlertTellsSomebody,
  everyDeadLetterIsWatched,
];
