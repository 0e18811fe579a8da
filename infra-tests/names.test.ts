import { describe, expect, it } from 'vitest';
import { cases, graphFor } from './graphs.ts';

/**
 * A logical name with its type is what Pulumi knows a resource by: another name is another resource, and the old one with its data is deleted. Where
 * a name has to change, give the resource an alias, then `npm run test:infra -- -u`.
 */
describe.each(cases)('$stack with topology $topology', ({ stack, topology }) => {
  it('has the logical names that it had', async () => {
    const names = (await graphFor(stack, topology)).map(({ type, name, parent }) => `${type} ${name} < ${parent.split('::').at(-1)}`);
    expect(new Set(names).size).toBe(names.length);
    await expect(`${names.sort().join('\n')}\n`).toMatchFileSnapshot(`names/${stack}-${topology}.txt`);
  });
});

/** What keeps data, delivers it or is called, on Azure. */
const keptOnAzure = [
  'cosmosdb:DatabaseAccount',
  'cosmosdb:SqlResourceSqlContainer',
  'storage:StorageAccount',
  'storage:Queue',
  'eventgrid:Topic',
  'eventgrid:TopicEventSubscription',
  'keyvault:Vault',
  'keyvault:Secret',
  'keyvault:Key',
  'cdn:Route',
].map((kind) => `azure-native:${kind}`);

/** An app's own account has packages in it, and what its runtime keeps for itself. */
const isOfApp = (type: string, name: string): boolean => type.endsWith(':StorageAccount') && name.endsWith('rt');

describe.each(['azure-dev', 'azure-prod'] as const)('the topology of %s', (stack) => {
  it('changes apps, and nothing that keeps data, delivers it or is called', async () => {
    const urns = async (topology: 'context' | 'single') =>
      (await graphFor(stack, topology))
        .filter(({ type, name }) => keptOnAzure.includes(type) && !isOfApp(type, name))
        .map(({ urn }) => urn);
    expect(await urns('single')).toEqual(await urns('context'));
  });
  it('changes of routes only where they lead to', async () => {
    const [one, other] = [await graphFor(stack, 'context'), await graphFor(stack, 'single')];
    const fixed = ({ inputs: { originGroup, ...rest } }: (typeof one)[number]) => rest;
    for (const resource of one.filter(({ type }) => type === 'azure-native:cdn:Route'))
      expect(other.filter(({ urn }) => urn === resource.urn).map(fixed)).toEqual([fixed(resource)]);
  });
});

const kept = [
  'aws:dynamodb/table:Table',
  'aws:s3/bucket:Bucket',
  'aws:sqs/queue:Queue',
  'aws:cloudwatch/eventBus:EventBus',
  'aws:cloudwatch/eventRule:EventRule',
  'aws:lambda/eventSourceMapping:EventSourceMapping',
  'aws:apigatewayv2/api:Api',
  'aws:apigatewayv2/route:Route',
  'aws:secretsmanager/secret:Secret',
  'aws:kms/key:Key',
  'aws:scheduler/schedule:Schedule',
];

describe.each(['aws-dev', 'aws-prod'] as const)('the topology of %s', (stack) => {
  it('changes functions, and nothing that keeps data, delivers it or is called', async () => {
    const urns = async (topology: 'context' | 'single') =>
      (await graphFor(stack, topology)).filter(({ type }) => kept.includes(type)).map(({ urn }) => urn);
    expect(await urns('single')).toEqual(await urns('context'));
  });
  it('changes nothing that would have a mapping or a route replaced', async () => {
    const [one, other] = [await graphFor(stack, 'context'), await graphFor(stack, 'single')];
    const fixed = ({ inputs: { functionName, target, ...rest } }: (typeof one)[number]) => rest;
    for (const resource of one.filter(({ type }) => type.includes('eventSourceMapping') || type.includes('apigatewayv2/route')))
      expect(other.filter(({ urn }) => urn === resource.urn).map(fixed)).toEqual([fixed(resource)]);
  });
});
