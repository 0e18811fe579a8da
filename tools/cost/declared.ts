import { graphOf } from '../../infra-tests/graph.ts';
import type { Graph } from './graph.ts';

/** The stacks that there are, by the names that `pulumi stack init` gives them. */
export const stacks = [
  'aws-dev',
  'aws-staging',
  'aws-prod',
  'azure-dev',
  'azure-staging',
  'azure-prod',
  'gcp-dev',
  'gcp-staging',
  'gcp-prod',
] as const;
export type StackName = (typeof stacks)[number];

/** What the program would make of a stack: the same resources as `pulumi preview` shows, without an account. */
export const declaredGraph = async (stack: StackName): Promise<Graph> =>
  (await graphOf(stack)).map(({ type, name, inputs }) => ({ type, name, inputs }));
