import { profiles } from '../../environment.ts';
import { at, type GraphRule, ofType, type Resource, type Resources, textAt, type Violation } from '../rule.ts';

const redriveOf = (queue: Resource): { readonly deadLetterTargetArn?: string; readonly maxReceiveCount?: number } => {
  const policy = textAt(queue, 'redrivePolicy');
  return policy === '' ? {} : (JSON.parse(policy) as { readonly deadLetterTargetArn: string; readonly maxReceiveCount: number });
};

/** ARNs of queues that something gives up to. */
const deadLetterArns = (resources: Resources): ReadonlySet<string> =>
  new Set(
    [
      ...ofType(resources, 'aws:sqs/queue:Queue').map((queue) => redriveOf(queue).deadLetterTargetArn ?? ''),
      ...ofType(resources, 'aws:cloudwatch/eventTarget:EventTarget').map((target) => textAt(target, 'deadLetterConfig', 'arn')),
      ...ofType(resources, 'aws:cloudwatch/eventBus:EventBus').map((bus) => textAt(bus, 'deadLetterConfig', 'arn')),
      ...ofType(resources, 'aws:scheduler/schedule:Schedule').map((schedule) => textAt(schedule, 'target', 'deadLetterConfig', 'arn')),
      ...ofType(resources, 'aws:lambda/functionEventInvokeConfig:FunctionEventInvokeConfig').map((config) =>
        textAt(config, 'destinationConfig', 'onFailure', 'destination'),
      ),
    ].filter((arn) => arn !== ''),
  );

const broken = (resources: Resources, says: (resource: Resource) => string | undefined): readonly Violation[] =>
  resources.flatMap((resource) => {
    const wrong = says(resource);
    return wrong === undefined ? [] : [{ resource, says: wrong }];
  });

/** The function behind an alias's ARN, which mappings name. */
const functionNameIn = (arn: string): string => arn.split(':')[6] ?? '';

const alarmsOn = (resources: Resources, metric: string, dimension: string): ReadonlySet<string> =>
  new Set(
    ofType(resources, 'aws:cloudwatch/metricAlarm:MetricAlarm')
      .filter((alarm) => at(alarm, 'metricName') === metric && ((at(alarm, 'alarmActions') ?? []) as readonly unknown[]).length > 0)
      .map((alarm) => textAt(alarm, 'dimensions', dimension)),
  );

const everyQueueGivesUp: GraphRule = {
  name: 'queue-gives-up-to-another',
  describes: 'A message that fails again and again goes to a queue of dead letters, after so many tries.',
  breaks: (resources) => {
    const deadLetters = deadLetterArns(resources);
    return broken(ofType(resources, 'aws:sqs/queue:Queue'), (queue) => {
      if (deadLetters.has(textAt(queue, 'arn'))) return undefined;
      const { deadLetterTargetArn, maxReceiveCount = 0 } = redriveOf(queue);
      if (deadLetterTargetArn === undefined) return 'what fails in it is tried for ever, and then lost';
      return maxReceiveCount >= 1 ? undefined : 'it does not say how often it tries';
    });
  },
};

const everyDeadLetterIsWatched: GraphRule = {
  name: 'dead-letter-is-watched',
  describes:
    'Every queue of dead letters is emptied by a function whose calls raise an alarm, and has an alarm of its own for when it is not.',
  breaks: (resources) => {
    const mappings = ofType(resources, 'aws:lambda/eventSourceMapping:EventSourceMapping');
    const calls = alarmsOn(resources, 'Invocations', 'FunctionName');
    const ages = alarmsOn(resources, 'ApproximateAgeOfOldestMessage', 'QueueName');
    const deadLetters = deadLetterArns(resources);
    const queues = ofType(resources, 'aws:sqs/queue:Queue').filter((queue) => deadLetters.has(textAt(queue, 'arn')));
    return broken(queues, (queue) => {
      const mapping = mappings.find((one) => textAt(one, 'eventSourceArn') === textAt(queue, 'arn'));
      if (mapping === undefined) return 'nobody takes its dead letters out';
      if (!calls.has(functionNameIn(textAt(mapping, 'functionName')))) return 'nobody is told of its dead letters';
      return ages.has(textAt(queue, 'name')) ? undefined : 'nobody is told when its dead letters are not taken out';
    });
  },
};

const everyDeliveryCanFail: GraphRule = {
  name: 'delivery-has-a-dead-letter',
  describes:
    'Whatever AWS delivers by itself (rules, schedules, calls that nobody waits for) has a dead letter; rules of the platform also retry.',
  breaks: (resources) => [
    ...broken(ofType(resources, 'aws:cloudwatch/eventTarget:EventTarget'), (target) => {
      if (textAt(target, 'deadLetterConfig', 'arn') === '') return 'an event that cannot be delivered is lost';
      const ofPlatform = at(target, 'eventBusName') !== undefined;
      return ofPlatform && at(target, 'retryPolicy', 'maximumRetryAttempts') === undefined
        ? 'it does not say how often it tries'
        : undefined;
    }),
    ...broken(ofType(resources, 'aws:scheduler/schedule:Schedule'), (schedule) =>
      textAt(schedule, 'target', 'deadLetterConfig', 'arn') === '' ? 'a call that cannot be made is lost' : undefined,
    ),
    ...broken(scheduled(resources), (lambda) =>
      ofType(resources, 'aws:lambda/functionEventInvokeConfig:FunctionEventInvokeConfig').some(
        (config) => textAt(config, 'functionName') === textAt(lambda, 'name'),
      )
        ? undefined
        : 'a scheduled run that fails is lost',
    ),
  ],
};

const scheduled = (resources: Resources): Resources => {
  const called = new Set(ofType(resources, 'aws:scheduler/schedule:Schedule').map((one) => functionNameIn(textAt(one, 'target', 'arn'))));
  return ofType(resources, 'aws:lambda/function:Function').filter((lambda) => called.has(textAt(lambda, 'name')));
};

const everyMessageIsHiddenLongEnough: GraphRule = {
  name: 'message-is-hidden-while-it-is-worked-on',
  describes: 'A message does not come again while somebody still works on it: it is hidden for six of the function’s time-outs.',
  breaks: (resources) => {
    const functions = ofType(resources, 'aws:lambda/function:Function');
    return broken(ofType(resources, 'aws:sqs/queue:Queue'), (queue) => {
      const mapping = ofType(resources, 'aws:lambda/eventSourceMapping:EventSourceMapping').find(
        (one) => textAt(one, 'eventSourceArn') === textAt(queue, 'arn'),
      );
      const lambda = functions.find((one) => textAt(one, 'name') === functionNameIn(textAt(mapping ?? { props: {} }, 'functionName')));
      if (lambda === undefined) return undefined;
      const [hidden, timeout] = [Number(at(queue, 'visibilityTimeoutSeconds')), Number(at(lambda, 'timeout'))];
      return hidden >= 6 * timeout ? undefined : `it hides a message for ${hidden} s, and its function may take ${timeout} s`;
    });
  },
};

const everyFunctionIsWatched: GraphRule = {
  name: 'function-is-watched',
  describes: 'Outside dev every function has alarms for its errors and for being throttled, and every queue for what waits.',
  breaks: (resources, environment) => {
    if (profiles[environment].alarms !== 'all') return [];
    const [errors, throttles] = [alarmsOn(resources, 'Errors', 'FunctionName'), alarmsOn(resources, 'Throttles', 'FunctionName')];
    const ages = alarmsOn(resources, 'ApproximateAgeOfOldestMessage', 'QueueName');
    // What leads requests back is watched by whoever watches the alarm that calls it.
    const functions = ofType(resources, 'aws:lambda/function:Function').filter(({ name }) => name !== 'roll-back-function');
    return [
      ...broken(functions, (lambda) =>
        errors.has(textAt(lambda, 'name')) && throttles.has(textAt(lambda, 'name')) ? undefined : 'nobody is told when it fails',
      ),
      ...broken(ofType(resources, 'aws:sqs/queue:Queue'), (queue) =>
        ages.has(textAt(queue, 'name')) ? undefined : 'nobody is told when its messages wait',
      ),
    ];
  },
};

export const ofDelivery: readonly GraphRule[] = [
  everyQueueGivesUp,
  everyDeadLetterIsWatched,
  everyDeliveryCanFail,
  everyMessageIsHiddenLongEnough,
  everyFunctionIsWatched,
];
