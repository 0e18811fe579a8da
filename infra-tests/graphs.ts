import type { Topology } from '../functions/kernel/units.ts';
import { type Cloud, type Environment, environments } from '../stacks/environment.ts';
import type { Resource } from '../stacks/policies/rule.ts';
import { drawnClouds } from './clouds.ts';
import { type Graph, type GraphResource, graphOf } from './graph.ts';

export type Stack = `${Cloud}-${Environment}`;
export const topologies: readonly Topology[] = ['context', 'single'];

/** Every topology in every environment of a cloud. */
export const casesOf = (cloud: Cloud): readonly { readonly stack: Stack; readonly topology: Topology }[] =>
  environments.flatMap((environment) => topologies.map((topology) => ({ stack: `${cloud}-${environment}` as const, topology })));

/** And on every cloud that graphs are drawn for. */
export const cases = drawnClouds.flatMap(casesOf);

const drawn = new Map<string, Promise<Graph>>();
let last: Promise<unknown> = Promise.resolve();

/** The graph of a case, drawn once: the runtime can draw one at a time. */
export const graphFor = (stack: Stack, topology: Topology = 'context'): Promise<Graph> => {
  const name = `${stack} ${topology}`;
  const known = drawn.get(name);
  if (known !== undefined) return known;
  const graph = last.then(() => graphOf(stack, { topology }));
  last = graph.catch(() => undefined);
  drawn.set(name, graph);
  return graph;
};

export const ofType = (graph: Graph, type: string): Graph => graph.filter((resource) => resource.type === type);

export const named = (graph: Graph, name: string, type?: string): GraphResource => {
  const found = graph.find((resource) => resource.name === name && resource.custom && (type === undefined || resource.type === type));
  if (found === undefined) throw new RangeError(`The graph has no ${name}.`);
  return found;
};

/** A graph as rules see it. Components are nothing to them. */
export const policed = (graph: Graph): readonly Resource[] => {
  const providers = new Map(graph.filter(({ type }) => type.startsWith('pulumi:providers:')).map((provider) => [provider.urn, provider]));
  return graph
    .filter(({ custom, type }) => custom && !type.startsWith('pulumi:'))
    .map(({ type, name, urn, protect, provider, inputs, outputs }) => ({
      ...{ type, name, urn, protect },
      props: { ...inputs, ...outputs },
      provider: providers.get(provider.slice(0, provider.lastIndexOf('::')))?.inputs,
    }));
};
