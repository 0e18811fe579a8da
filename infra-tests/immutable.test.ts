import { describe, expect, it } from 'vitest';
import { contexts } from '../functions/contexts.ts';
import { clouds } from '../stacks/environment.ts';
import { planOf } from '../stacks/platform.ts';
import { graphRules, resourceRules } from '../stacks/policies/rules.ts';
import { type Graph, type GraphOptions, graphOf } from './graph.ts';
import { graphFor, named, ofType, policed } from './graphs.ts';

const asked = { 'platform:immutableDays': '3650' };
const records = planOf(contexts, { topology: 'context', queuePer: 'context' }).stores.flatMap(({ name, keep }) =>
  keep === 'forever' ? [name] : [],
);
const drawn = new Map<string, Promise<Graph>>();
const graphWhenAsked = async (cloud: string): Promise<Graph> => {
  const graph = drawn.get(cloud) ?? graphOf(`${cloud}-prod`, { config: asked });
  drawn.set(cloud, graph);
  return graph;
};

/** By the resource of each store that keeps all that is written: for how many days. */
const kept = {
  aws: (graph: Graph) =>
    ofType(graph, 'aws:s3/bucketObjectLockConfiguration:BucketObjectLockConfiguration').map(({ inputs }) => {
      const { rule, bucket } = inputs as { bucket: string; rule: { defaultRetention: { mode: string; days: number } } };
      return { of: bucket, days: rule.defaultRetention.days };
    }),
  azure: (graph: Graph) =>
    ofType(graph, 'azure-native:storage:BlobContainerImmutabilityPolicy').map(({ inputs }) => ({
      of: inputs.containerName,
      days: inputs.immutabilityPeriodSinceCreationInDays,
    })),
  gcp: (graph: Graph) =>
    ofType(graph, 'gcp:storage/bucket:Bucket').flatMap(({ inputs, outputs }) => {
      const policy = inputs.retentionPolicy as { retentionPeriod: string; isLocked?: boolean } | undefined;
      return policy === undefined ? [] : [{ of: outputs.name, days: Number(policy.retentionPeriod) / 86_400 }];
    }),
} as const;
const resourceOf = { aws: 'bucket', azure: 'container', gcp: 'bucket' } as const;
const nameOf = { aws: 'bucket', azure: 'name', gcp: 'name' } as const;

/** What the rules of a stack's policies say of it. */
const broken = (graph: Graph): readonly string[] => [
  ...resourceRules.flatMap((rule) =>
    policed(graph)
      .filter(({ type }) => rule.types.some((beginning) => type.startsWith(beginning)))
      .flatMap((resource) => (rule.breaks(resource, 'prod') === undefined ? [] : [`${rule.name}: ${resource.name}`])),
  ),
  ...graphRules.flatMap((rule) => rule.breaks(policed(graph), 'prod').map(({ resource }) => `${rule.name}: ${resource.name}`)),
];

describe.each(clouds)('records on %s', (cloud) => {
  it('are kept for as long as a deployer asks, and nothing else is', async () => {
    const graph = await graphWhenAsked(cloud);
    expect(records).toContain('billing-exports');
    const stores = records.map((name) => named(graph, `${name}-${resourceOf[cloud]}`).outputs[nameOf[cloud]]);
    expect(kept[cloud](graph)).toEqual(stores.map((of) => ({ of, days: 3650 })));
  });

  it('are kept in a way that all rules let pass', async () => expect(broken(await graphWhenAsked(cloud))).toEqual([]));

  it('are kept in no way that cannot be lifted, unless a transform says so', async () => {
    const text = JSON.stringify(await graphWhenAsked(cloud));
    expect(text).not.toMatch(/COMPLIANCE|"isLocked":true|"Locked"/);
  });

  it('are like all else where nobody asks', async () => expect(kept[cloud](await graphFor(`${cloud}-prod`))).toEqual([]));
});

const name = 'billing-exports';
const days = { retentionPeriod: String(3650 * 86_400) };
it.each([
  ['aws', { lock: { rule: undefined } }, 'immutable-bucket-is: billing-exports-lock'],
  ['azure', { immutability: { immutabilityPeriodSinceCreationInDays: 0 } }, 'azure-immutable-container-is: billing-exports-container'],
  ['gcp', { bucket: { retentionPolicy: days, versioning: { enabled: false } } }, 'gcp-immutable-bucket-is: billing-exports-bucket'],
])('what a transform takes from it on %s is refused', async (cloud, transform, says) => {
  const transforms: GraphOptions['transforms'] = { objectStore: { [name]: transform } };
  expect(broken(await graphOf(`${cloud}-prod`, { config: asked, transforms }))).toContain(says);
});
