import { at, type GraphRule, ofType, type Resource, type Resources, textAt, type Violation } from '../rule.ts';
import { covers, type PolicyStatement, statementsIn } from '../statements.ts';

/**
 * What services of AWS do by themselves for a function or a queue, edge by edge. No emulator enforces these, so that a missing permission would
 * first show in an account.
 */
const functionNameIn = (arn: string): string => arn.split(':')[6] ?? '';

/** What a function's or a service's role allows. */
const grantsOfRole = (resources: Resources, roleArn: string): readonly PolicyStatement[] => {
  const role = ofType(resources, 'aws:iam/role:Role').find((one) => textAt(one, 'arn') === roleArn);
  if (role === undefined) return [];
  return ofType(resources, 'aws:iam/rolePolicy:RolePolicy')
    .filter((policy) => textAt(policy, 'role') === textAt(role, 'name'))
    .flatMap((policy) => statementsIn(at(policy, 'policy')));
};

const functionAt = (resources: Resources, arn: string): Resource | undefined =>
  ofType(resources, 'aws:lambda/function:Function').find((lambda) => textAt(lambda, 'name') === functionNameIn(arn));

const allows = (statements: readonly PolicyStatement[], action: string, resource: string): boolean =>
  statements.some(
    (statement) => statement.allows && statement.actions.includes(action) && statement.resources.some((one) => covers(one, resource)),
  );

/** What of these a role does not allow, as a violation of the one that needs it. */
const lacking = (
  resource: Resource,
  statements: readonly PolicyStatement[],
  actions: readonly string[],
  on: string,
): readonly Violation[] => {
  const missing = actions.filter((action) => !allows(statements, action, on));
  return missing.length === 0 ? [] : [{ resource, says: `the role lacks ${missing.join(', ')} on ${on}` }];
};

const receiving = ['sqs:ReceiveMessage', 'sqs:DeleteMessage', 'sqs:GetQueueAttributes', 'sqs:ChangeMessageVisibility'];
const readingChanges = ['dynamodb:DescribeStream', 'dynamodb:GetRecords', 'dynamodb:GetShardIterator', 'dynamodb:ListStreams'];

const mappings: GraphRule = {
  name: 'mapping-may-read-its-source',
  describes: 'The role of a function may receive from its queues, read its streams, lay aside what fails, and decrypt both.',
  breaks: (resources) =>
    ofType(resources, 'aws:lambda/eventSourceMapping:EventSourceMapping').flatMap((mapping) => {
      const lambda = functionAt(resources, textAt(mapping, 'functionName'));
      if (lambda === undefined) return [{ resource: mapping, says: 'it calls no function of this stack' }];
      const statements = grantsOfRole(resources, textAt(lambda, 'role'));
      const source = textAt(mapping, 'eventSourceArn');
      const aside = textAt(mapping, 'destinationConfig', 'onFailure', 'destinationArn');
      return [
        ...lacking(mapping, statements, source.includes(':sqs:') ? receiving : readingChanges, source),
        ...(aside === '' ? [] : lacking(mapping, statements, ['s3:ListBucket'], aside)),
        ...(aside === '' ? [] : lacking(mapping, statements, ['s3:PutObject'], `${aside}/any`)),
        ...keysOf(resources, source).flatMap((key) => lacking(mapping, statements, ['kms:Decrypt'], key)),
      ];
    }),
};

/** The stack's own key that a queue or a stream's table is encrypted with. */
const keysOf = (resources: Resources, sourceArn: string): readonly string[] => {
  const queue = ofType(resources, 'aws:sqs/queue:Queue').find((one) => textAt(one, 'arn') === sourceArn);
  const table = ofType(resources, 'aws:dynamodb/table:Table').find((one) => textAt(one, 'streamArn') === sourceArn);
  const key = queue === undefined ? textAt(table ?? { props: {} }, 'serverSideEncryption', 'kmsKeyArn') : textAt(queue, 'kmsMasterKeyId');
  return key === '' ? [] : [key];
};

/** Whether a policy of the queue lets a rule send, and its key, if it has one of the stack's, lets EventBridge encrypt. */
const mayReceiveFrom = (resources: Resources, queue: Resource, ruleArn: string): string | undefined => {
  const statements = ofType(resources, 'aws:sqs/queuePolicy:QueuePolicy')
    .filter((policy) => textAt(policy, 'queueUrl') === textAt(queue, 'url'))
    .flatMap((policy) => statementsIn(at(policy, 'policy')));
  const lets = statements.some(
    ({ allows: allowed, principals, actions, condition }) =>
      allowed &&
      principals.includes('events.amazonaws.com') &&
      actions.includes('sqs:SendMessage') &&
      [condition.ArnLike?.['aws:SourceArn'] ?? []].flat().some((pattern) => covers(pattern, ruleArn)),
  );
  if (!lets) return `the queue ${queue.name} does not let the rule send`;
  const key = ofType(resources, 'aws:kms/key:Key').find((one) => textAt(one, 'arn') === textAt(queue, 'kmsMasterKeyId'));
  const keyLets = key === undefined || statementsIn(at(key, 'policy')).some((one) => usableByEvents(one, textAt(queue, 'arn')));
  return keyLets ? undefined : `the key of ${queue.name} does not let EventBridge encrypt`;
};

const usableByEvents = (statement: PolicyStatement, queueArn: string): boolean =>
  statement.principals.includes('events.amazonaws.com') &&
  statement.actions.includes('kms:GenerateDataKey') &&
  statement.actions.includes('kms:Decrypt') &&
  asksOnlyFor(statement, 'kms:EncryptionContext:aws:sqs:arn', queueArn);

/** Whether a statement holds for what is encrypted for this, and asks for nothing else: EventBridge tells a key neither account nor source. */
const asksOnlyFor = ({ condition }: PolicyStatement, key: string, arn: string): boolean =>
  Object.values(condition)
    .flatMap((of) => Object.entries(of))
    .every(([asked, patterns]) => asked === key && [patterns].flat().some((pattern) => covers(pattern, arn)));

const rules: GraphRule = {
  name: 'rule-may-send-to-its-queue',
  describes: 'The queue behind a rule, and the one for what could not be delivered, let the rule send.',
  breaks: (resources) => {
    const queues = new Map(ofType(resources, 'aws:sqs/queue:Queue').map((queue) => [textAt(queue, 'arn'), queue]));
    return ofType(resources, 'aws:cloudwatch/eventTarget:EventTarget').flatMap((target) => {
      const rule = ofType(resources, 'aws:cloudwatch/eventRule:EventRule').find((one) => textAt(one, 'name') === textAt(target, 'rule'));
      return [textAt(target, 'arn'), textAt(target, 'deadLetterConfig', 'arn')].flatMap((arn) => {
        const queue = queues.get(arn);
        const says =
          queue === undefined ? 'it sends to no queue of this stack' : mayReceiveFrom(resources, queue, textAt(rule ?? target, 'arn'));
        return says === undefined ? [] : [{ resource: target, says }];
      });
    });
  },
};

const gateway: GraphRule = {
  name: 'gateway-may-call-its-functions',
  describes: 'Every function behind the API lets the API call its alias.',
  breaks: (resources) => {
    const permissions = ofType(resources, 'aws:lambda/permission:Permission');
    return ofType(resources, 'aws:apigatewayv2/integration:Integration').flatMap((integration) => {
      const alias = ofType(resources, 'aws:lambda/alias:Alias').find(
        (one) => textAt(one, 'invokeArn') === textAt(integration, 'integrationUri'),
      );
      const lets = permissions.some(
        (permission) =>
          alias !== undefined &&
          textAt(permission, 'function') === textAt(alias, 'functionName') &&
          textAt(permission, 'qualifier') === textAt(alias, 'name') &&
          textAt(permission, 'principal') === 'apigateway.amazonaws.com' &&
          textAt(permission, 'sourceArn').includes(`:${textAt(integration, 'apiId')}/`),
      );
      return lets ? [] : [{ resource: integration, says: 'the function does not let the API call it' }];
    });
  },
};

const schedules: GraphRule = {
  name: 'schedule-may-call-its-function',
  describes: 'The scheduler’s role may call the function and send to the dead letters; so may the function’s own, for runs that fail.',
  breaks: (resources) => [
    ...ofType(resources, 'aws:scheduler/schedule:Schedule').flatMap((schedule) => {
      const statements = grantsOfRole(resources, textAt(schedule, 'target', 'roleArn'));
      return [
        ...lacking(schedule, statements, ['lambda:InvokeFunction'], textAt(schedule, 'target', 'arn')),
        ...lacking(schedule, statements, ['sqs:SendMessage'], textAt(schedule, 'target', 'deadLetterConfig', 'arn')),
      ];
    }),
    ...ofType(resources, 'aws:lambda/functionEventInvokeConfig:FunctionEventInvokeConfig').flatMap((config) => {
      const lambda = ofType(resources, 'aws:lambda/function:Function').find(
        (one) => textAt(one, 'name') === textAt(config, 'functionName'),
      );
      const statements = grantsOfRole(resources, textAt(lambda ?? { props: {} }, 'role'));
      return lacking(config, statements, ['sqs:SendMessage'], textAt(config, 'destinationConfig', 'onFailure', 'destination'));
    }),
  ],
};

/** What an alarm has to be able to do to be heard. */
const alarms: GraphRule = {
  name: 'alarm-can-be-told',
  describes: 'Every alarm tells a topic of the stack, whose key, if it has one, lets CloudWatch encrypt.',
  breaks: (resources) => {
    const topics = new Map(ofType(resources, 'aws:sns/topic:Topic').map((topic) => [textAt(topic, 'arn'), topic]));
    return ofType(resources, 'aws:cloudwatch/metricAlarm:MetricAlarm').flatMap((alarm) => {
      const told = ((at(alarm, 'alarmActions') ?? []) as readonly string[])
        .map((arn) => topics.get(arn))
        .find((topic) => topic !== undefined);
      if (told === undefined) return [{ resource: alarm, says: 'it tells nobody' }];
      const key = ofType(resources, 'aws:kms/key:Key').find((one) => textAt(one, 'arn') === textAt(told, 'kmsMasterKeyId'));
      const lets =
        key === undefined || statementsIn(at(key, 'policy')).some(({ principals }) => principals.includes('cloudwatch.amazonaws.com'));
      return lets ? [] : [{ resource: alarm, says: 'the key of its topic does not let CloudWatch encrypt' }];
    });
  },
};

/** What EventBridge does with the key of a bus and of its archive: the archive encrypts anew what the bus had encrypted. */
const usedByBuses = ['kms:DescribeKey', 'kms:Decrypt', 'kms:GenerateDataKey', 'kms:ReEncryptFrom', 'kms:ReEncryptTo'];

const buses: GraphRule = {
  name: 'bus-may-use-its-key',
  describes: 'The key of a bus and of an archive, if it is one of the stack, lets EventBridge encrypt, decrypt and encrypt anew.',
  breaks: (resources) =>
    ['aws:cloudwatch/eventBus:EventBus', 'aws:cloudwatch/eventArchive:EventArchive']
      .flatMap((type) => ofType(resources, type))
      .flatMap((resource) => {
        const key = ofType(resources, 'aws:kms/key:Key').find((one) => textAt(one, 'arn') === textAt(resource, 'kmsKeyIdentifier'));
        const busArn = textAt(resource, 'eventSourceArn') || textAt(resource, 'arn');
        const allowed = statementsIn(at(key ?? { props: {} }, 'policy'))
          .filter(({ principals }) => principals.includes('events.amazonaws.com'))
          .filter((statement) => asksOnlyFor(statement, 'kms:EncryptionContext:aws:events:event-bus:arn', busArn))
          .flatMap(({ actions }) => actions);
        const missing = key === undefined ? [] : usedByBuses.filter((action) => !allowed.includes(action));
        return missing.length === 0 ? [] : [{ resource, says: `its key does not let EventBridge ${missing.join(', ')}` }];
      }),
};

/** Grants that reach what is encrypted with a key of the stack need the key as well. */
const keys: GraphRule = {
  name: 'role-may-use-the-keys-of-what-it-reaches',
  describes: 'Whoever may read a table, bucket, queue or secret may also decrypt it; whoever may write may also encrypt.',
  breaks: (resources) => {
    const encrypted = encryptedThings(resources);
    return ofType(resources, 'aws:iam/rolePolicy:RolePolicy').flatMap((policy) => {
      const statements = statementsIn(at(policy, 'policy'));
      const reached = new Set(
        statements.flatMap(({ resources: those }) => encrypted.filter(({ arn }) => those.includes(arn)).map(({ key }) => key)),
      );
      return [...reached].flatMap((key) => lacking(policy, statements, ['kms:Decrypt'], key));
    });
  },
};

const encryptedThings = (resources: Resources): readonly { readonly arn: string; readonly key: string }[] => {
  const keyed = (type: string, ...path: readonly string[]) =>
    ofType(resources, type).map((one) => ({ arn: textAt(one, 'arn'), key: textAt(one, ...path) }));
  return [
    ...keyed('aws:dynamodb/table:Table', 'serverSideEncryption', 'kmsKeyArn'),
    ...keyed('aws:sqs/queue:Queue', 'kmsMasterKeyId'),
    ...keyed('aws:secretsmanager/secret:Secret', 'kmsKeyId'),
  ].filter(({ arn, key }) => arn !== '' && key !== '');
};

export const ofEdges: readonly GraphRule[] = [mappings, rules, buses, gateway, schedules, alarms, keys];
