/** The account that graphs are drawn for, and what AWS would name the resources there. */
export const account = '123456789012';
export const region = 'eu-central-1';

type Inputs = { readonly [property: string]: unknown };

const arn = (service: string, rest: string, where = region): string => `arn:aws:${service}:${where}:${account}:${rest}`;

/** What a provider adds to the inputs of a resource, by the last part of its type: an ARN and what others of its kind go by. */
const made: { readonly [type: string]: (name: string, inputs: Inputs) => Inputs } = {
  table: (name, { streamEnabled }) => ({
    arn: arn('dynamodb', `table/${name}`),
    streamArn: streamEnabled === true ? arn('dynamodb', `table/${name}/stream/2026-01-01T00:00:00.000`) : '',
  }),
  queue: (name) => ({ arn: arn('sqs', name), url: `https://sqs.${region}.amazonaws.com/${account}/${name}`, id: urlOf(name) }),
  bucket: (name) => ({ arn: `arn:aws:s3:::${name}`, bucket: name, bucketRegionalDomainName: `${name}.s3.${region}.amazonaws.com` }),
  eventBus: (name) => ({ arn: arn('events', `event-bus/${name}`) }),
  eventRule: (name, { eventBusName }) => ({
    arn: arn('events', eventBusName === undefined ? `rule/${name}` : `rule/${String(eventBusName)}/${name}`),
  }),
  role: (name) => ({ arn: arn('iam', `role/${name}`, '') }),
  function: (name) => ({ arn: arn('lambda', `function:${name}`), invokeArn: `invoke/${name}`, version: '1' }),
  alias: (name, { functionName, targetKeyId }) =>
    targetKeyId === undefined
      ? { arn: arn('lambda', `function:${String(functionName)}:live`), invokeArn: `invoke/${String(functionName)}:live` }
      : { arn: arn('kms', `alias/${name}`) },
  logGroup: (name) => ({ arn: arn('logs', `log-group:${name}`) }),
  secret: (name) => ({ arn: arn('secretsmanager', `secret:${name}-AbCdEf`) }),
  key: (name) => ({ arn: arn('kms', `key/${name}`) }),
  topic: (name) => ({ arn: arn('sns', name) }),
  metricAlarm: (name) => ({ arn: arn('cloudwatch', `alarm:${name}`) }),
  certificate: (name, { domainName }) => ({
    arn: arn('acm', `certificate/${name}`, 'us-east-1'),
    domainValidationOptions: [
      { resourceRecordName: `_x.${String(domainName)}.`, resourceRecordType: 'CNAME', resourceRecordValue: '_y.acm-validations.aws.' },
    ],
  }),
  api: (name) => ({
    apiEndpoint: `https://${name}.execute-api.${region}.amazonaws.com`,
    executionArn: arn('execute-api', name),
  }),
  webAcl: (name) => ({ arn: arn('wafv2', `global/webacl/${name}/1`, 'us-east-1') }),
  distribution: (name) => ({
    arn: arn('cloudfront', `distribution/${name}`, ''),
    domainName: `${name}.cloudfront.net`,
    hostedZoneId: 'Z2FDTNDATAQYW2',
  }),
  domainName: (name, { domainNameConfiguration }) => ({
    domainNameConfiguration: {
      ...(domainNameConfiguration as Inputs),
      targetDomainName: `${name}.execute-api.${region}.amazonaws.com`,
      hostedZoneId: 'Z1',
    },
  }),
  randomPassword: () => ({ result: 'r'.repeat(43) }),
};

const urlOf = (name: string): string => `https://sqs.${region}.amazonaws.com/${account}/${name}`;

/** A resource as it is once it is made: with a name of its own (the logical one and a suffix) where the program gave it none. */
export const outputsOf = (type: string, name: string, inputs: Inputs): { readonly id: string; readonly state: Inputs } => {
  const called = typeof inputs.name === 'string' ? inputs.name : `${name}-1234567`;
  const kind = type.split('/').at(-1)?.split(':').at(0) ?? '';
  const { id = called, ...added } = made[kind]?.(called, inputs) ?? {};
  return { id: String(id), state: { ...inputs, id: String(id), name: called, ...added } };
};

/** What AWS answers when it is asked something. */
export const answerTo = (token: string): Inputs => {
  switch (token) {
    case 'aws:index/getCallerIdentity:getCallerIdentity':
      return { accountId: account, arn: arn('iam', 'user/tester', '') };
    case 'aws:servicequotas/getServiceQuota:getServiceQuota':
      return { value: 1000 };
    default:
      return {};
  }
};
