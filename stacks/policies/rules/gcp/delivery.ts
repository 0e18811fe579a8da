import { profiles } from '../../../environment.ts';
import { at, type GraphRule, ofType, type Resource, type Resources, textAt, type Violation } from '../../rule.ts';

const subscription = 'gcp:pubsub/subscription:Subscription';
const functions = 'gcp:cloudfunctionsv2/function:Function';
const invoker = 'gcp:cloudrunv2/serviceIamMember:ServiceIamMember';

/** Subscriptions that give up to another topic; those of dead letters keep what they cannot deliver. */
const collects = (one: Resource): boolean => textAt(one, 'topic').includes('-dead-letters-');

/** Subscriptions with what one of them lacks. */
const each = (resources: Resources, breaks: (one: Resource) => string | undefined): readonly Violation[] =>
  ofType(resources, subscription).flatMap((one) => {
    const says = breaks(one);
    return says === undefined ? [] : [{ resource: one, says }];
  });

const givesUp: GraphRule = {
  name: 'gcp-subscription-gives-up-to-dead-letters',
  describes:
    'Every subscription tries again with back-off and gives up to a topic that somebody collects; Pub/Sub itself may forward there.',
  breaks: (resources) =>
    each(resources, (one) => {
      if (textAt(one, 'retryPolicy', 'minimumBackoff') === '') return 'it tries again at once, as often as it can';
      if (textAt(one, 'expirationPolicy', 'ttl') !== '') return 'it goes away if it hears nothing for a while';
      if (collects(one)) return undefined;
      const topic = textAt(one, 'deadLetterPolicy', 'deadLetterTopic');
      if (topic === '') return 'it has no dead letters';
      if (!ofType(resources, subscription).some((other) => textAt(other, 'topic') === topic)) return 'nobody collects its dead letters';
      const publishes = ofType(resources, 'gcp:pubsub/topicIAMMember:TopicIAMMember').some(
        (grant) => textAt(grant, 'topic') === topic && isPubSub(grant) && textAt(grant, 'role') === 'roles/pubsub.publisher',
      );
      if (!publishes) return 'Pub/Sub may not forward to its dead letters';
      const acknowledges = ofType(resources, 'gcp:pubsub/subscriptionIAMMember:SubscriptionIAMMember').some(
        (grant) => textAt(grant, 'subscription') === textAt(one, 'name') && isPubSub(grant),
      );
      return acknowledges ? undefined : 'Pub/Sub may not take what it gave up out of it';
    }),
};

const isPubSub = (grant: Resource): boolean => /^serviceAccount:service-\d+@gcp-sa-pubsub\.iam/.test(textAt(grant, 'member'));

const calls: GraphRule = {
  name: 'gcp-caller-may-call-and-says-who-it-is',
  describes:
    'Whatever calls a function does so with a token made out to that function, as an account that may call it and that the function expects.',
  breaks: (resources) => {
    const called = new Map(
      ofType(resources, functions).map((one) => [textAt(one, 'serviceConfig', 'environmentVariables', 'HYBRID_AUDIENCE'), one]),
    );
    const check = (caller: Resource, url: string, account: string, audience: string): readonly Violation[] => {
      const one = called.get(audience);
      if (account === '' || one === undefined || !url.startsWith(`${audience}/`))
        return [{ resource: caller, says: 'it does not say who it is' }];
      return mayCall(resources, one, account) ? [] : [{ resource: caller, says: `${account} may not call ${one.name}` }];
    };
    return [
      ...ofType(resources, subscription).flatMap((one) =>
        check(
          one,
          textAt(one, 'pushConfig', 'pushEndpoint'),
          textAt(one, 'pushConfig', 'oidcToken', 'serviceAccountEmail'),
          textAt(one, 'pushConfig', 'oidcToken', 'audience'),
        ),
      ),
      ...ofType(resources, 'gcp:cloudscheduler/job:Job').flatMap((job) =>
        check(
          job,
          textAt(job, 'httpTarget', 'uri'),
          textAt(job, 'httpTarget', 'oidcToken', 'serviceAccountEmail'),
          textAt(job, 'httpTarget', 'oidcToken', 'audience'),
        ),
      ),
      ...ofType(resources, 'gcp:eventarc/trigger:Trigger').flatMap((trigger) => {
        const service = textAt(trigger, 'destination', 'cloudRunService', 'service');
        const one = ofType(resources, functions).find((made) => textAt(made, 'name') === service);
        return one !== undefined && mayCall(resources, one, textAt(trigger, 'serviceAccount'))
          ? []
          : [{ resource: trigger, says: 'it may not call its function' }];
      }),
    ];
  },
};

const mayCall = (resources: Resources, one: Resource, account: string): boolean => {
  const expected = textAt(one, 'serviceConfig', 'environmentVariables', 'HYBRID_CALLERS').split(',');
  return (
    expected.includes(account) &&
    ofType(resources, invoker).some(
      (grant) => textAt(grant, 'name') === textAt(one, 'name') && textAt(grant, 'member') === `serviceAccount:${account}`,
    )
  );
};

const expects: GraphRule = {
  name: 'gcp-function-expects-whom-it-lets-in',
  describes: 'Cloud Run lets in exactly those accounts that a function itself expects; everybody only where it expects nobody.',
  breaks: (resources) =>
    ofType(resources, functions).flatMap((one) => {
      const members = ofType(resources, invoker)
        .filter((grant) => textAt(grant, 'name') === textAt(one, 'name'))
        .map((grant) => textAt(grant, 'member').replace(/^serviceAccount:/, ''));
      const expected = textAt(one, 'serviceConfig', 'environmentVariables', 'HYBRID_CALLERS');
      const wanted = expected === '' ? ['allUsers'] : expected.split(',');
      return members.length === wanted.length && wanted.every((account) => members.includes(account))
        ? []
        : [{ resource: one, says: `it lets in ${members.join(', ')} and expects ${wanted.join(', ')}` }];
    }),
};

const changes: GraphRule = {
  name: 'gcp-changes-are-swept',
  describes: 'Every function that hears of changes is also called by the clock, for what no bell was heard of.',
  breaks: (resources) =>
    ofType(resources, 'gcp:eventarc/trigger:Trigger').flatMap((trigger) => {
      const service = textAt(trigger, 'destination', 'cloudRunService', 'service');
      const swept = ofType(resources, 'gcp:cloudscheduler/job:Job').some((job) => {
        const url = textAt(job, 'httpTarget', 'uri');
        return url.includes(`//${service}-`) && url.endsWith('/sweep');
      });
      return swept ? [] : [{ resource: trigger, says: 'what its bell does not tell stays unread' }];
    }),
};

/** `maxAttempts` of a trigger knows one value, 1: whoever sets the policy turns trying again off (https://cloud.google.com/eventarc/docs/retry-events). */
const rings: GraphRule = {
  name: 'gcp-bell-rings-again',
  describes: 'What a function that hears of changes does not answer with success is delivered again.',
  breaks: (resources) =>
    ofType(resources, 'gcp:eventarc/trigger:Trigger').flatMap((trigger) =>
      at(trigger, 'retryPolicy') === undefined ? [] : [{ resource: trigger, says: 'it rings once, whatever the answer' }],
    ),
};

const watched: GraphRule = {
  name: 'gcp-dead-letters-are-watched',
  describes:
    'Every subscription of dead letters has an alarm on the age of what it could not deliver; where all is watched, all others have one too.',
  breaks: (resources, environment) => {
    const filters = ofType(resources, 'gcp:monitoring/alertPolicy:AlertPolicy').map((policy) =>
      textAt(policy, 'conditions', 0, 'conditionThreshold', 'filter'),
    );
    const sees = (name: string): boolean =>
      filters.some((filter) => {
        const id = /subscription_id = (?:"([^"]+)"|monitoring\.regex\.full_match\("([^"]+)"\))/.exec(filter);
        return id !== null && (id[1] === name || (id[2] !== undefined && new RegExp(`^${id[2]}$`).test(name)));
      });
    return each(resources, (one) =>
      (collects(one) || profiles[environment].alarms === 'all') && !sees(textAt(one, 'name'))
        ? 'nobody hears of what waits there'
        : undefined,
    );
  },
};

const scheduled: GraphRule = {
  name: 'gcp-events-are-kept',
  describes: 'What the bus delivered can be had again for a time.',
  breaks: (resources) =>
    ofType(resources, 'gcp:pubsub/topic:Topic').flatMap((topic) =>
      topic.name === 'events-topic' && at(topic, 'messageRetentionDuration') === undefined
        ? [{ resource: topic, says: 'what was delivered is gone' }]
        : [],
    ),
};

export const ofGcpDelivery: readonly GraphRule[] = [givesUp, calls, expects, changes, rings, watched, scheduled];
