import { describe, expect, it } from 'vitest';
import type { Graph, GraphResource } from './graph.ts';
import { casesOf, graphFor, ofType } from './graphs.ts';

/** All that has to be made before a resource, by URNs. */
const earlierIn = (graph: Graph): ((urn: string) => ReadonlySet<string>) => {
  const direct = new Map(graph.map(({ urn, dependencies }) => [urn, dependencies]));
  const known = new Map<string, ReadonlySet<string>>();
  const earlier = (urn: string): ReadonlySet<string> => {
    const found = known.get(urn) ?? new Set((direct.get(urn) ?? []).flatMap((one) => [one, ...earlier(one)]));
    known.set(urn, found);
    return found;
  };
  return earlier;
};

describe.each(casesOf('azure'))('Cosmos DB in $stack with topology $topology', ({ stack, topology }) => {
  it('is asked for one change of roles at a time, as it refuses a second one', async () => {
    const graph = await graphFor(stack, topology);
    const ofKind = (kind: string) => ofType(graph, `azure-native:cosmosdb:SqlResourceSqlRole${kind}`);
    const writes = [...ofKind('Definition'), ...ofKind('Assignment')];
    expect(writes.length).toBeGreaterThan(20);
    const earlier = earlierIn(graph);
    const unordered = ({ urn }: GraphResource, other: GraphResource) => !earlier(urn).has(other.urn) && !earlier(other.urn).has(urn);
    const pairs = writes.flatMap((one, at) =>
      writes
        .slice(at + 1)
        .filter((other) => unordered(one, other))
        .map((other) => [one.name, other.name]),
    );
    expect(pairs).toEqual([]);
  });
});
