import { failed, Rejected } from '../../domain/kernel/failure.ts';
import { platformLogBytes } from './assumptions.ts';
import type { Kind, Usage } from './bill.ts';
import { all, type Graph, listOf, numberOf, partOf, type Resource } from './graph.ts';

/** What Lambda gives a function that asks for nothing. */
const defaultMemory = 128;

/** The functions of one kind, whatever the topology: `inference-predictions` or `all-predictions`. */
export const functionsOf = (graph: Graph, kind: string, context?: string): Graph => {
  const named = all(graph, 'function').filter(({ name }) => name.endsWith(`-${kind}`) || name.includes(`-${kind}-`));
  const own = context === undefined ? named : named.filter(({ name }) => name.includes(`${context}-${kind}`));
  return own.length > 0 ? own : named;
};

export const functionOf = (graph: Graph, kind: string, context?: string): Resource => {
  const [found] = functionsOf(graph, kind, context);
  if (found !== undefined) return found;
  throw new Rejected(failed('invalid', 'function-not-found', `The graph has no function for ${context ?? 'any context'} and ${kind}.`));
};

const computeMeter = (one: Resource): 'lambda.compute.arm64' | 'lambda.compute.x86_64' =>
  listOf(one, 'architectures').includes('arm64') ? 'lambda.compute.arm64' : 'lambda.compute.x86_64';

type Runs = { readonly runs: number; readonly seconds: number; readonly kind: Kind; readonly what: string };

/** Invocations of a function, and the time they take with its memory on its architecture. */
export const invocations = (one: Resource, { runs, seconds, kind, what }: Runs): readonly Usage[] => {
  const memory = numberOf(one, 'memorySize', defaultMemory);
  const how = `${what}: ${memory} MB × ${Math.round(seconds * 1000)} ms`;
  return [
    { meter: 'lambda.requests', quantity: runs, kind, what },
    { meter: computeMeter(one), quantity: (runs * seconds * memory) / 1024, kind, what: how },
  ];
};

/** Bytes that Lambda logs of itself for each invocation: none where the function's own level keeps them back. */
export const ownLogBytes = (one: Resource): number => {
  const { logFormat, systemLogLevel } = partOf(one, 'loggingConfig');
  return logFormat === 'JSON' && systemLogLevel === 'WARN' ? 0 : platformLogBytes;
};
