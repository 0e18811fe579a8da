import { failed, Rejected } from '../../domain/kernel/failure.ts';
import { platformLogBytes } from './assumptions.ts';
import type { Kind, Usage } from './bill.ts';
import { all, type Graph, listOf, numberOf, partOf, type Resource } from './graph.ts';

/** What Lambda gives a function that asks for nothing. */
const defaultMemory = 128;

/** The functions of one trigger, whatever the topology: `inference-http` or `all-http`. */
export const functionsOf = (graph: Graph, trigger: string, context?: string): Graph => {
  const named = all(graph, 'function').filter(({ name }) => name.endsWith(`-${trigger}`) || name.includes(`-${trigger}-`));
  const own = context === undefined ? named : named.filter(({ name }) => name.includes(`${context}-${trigger}`));
  return own.length > 0 ? own : named;
};

export const functionOf = (graph: Graph, trigger: string, context?: string): Resource => {
  const [found] = functionsOf(graph, trigger, context);
  if (found !== undefined) return found;
  throw new Rejected(failed('invalid', 'function-not-found', `The graph has no function for ${context ?? 'any context'} and ${trigger}.`));
};

export const memoryOf = (graph: Graph, trigger: string, context?: string): number =>
  numberOf(functionOf(graph, trigger, context), 'memorySize', defaultMemory);

export const computeMeter = (one: Resource): 'lambda.compute.arm64' | 'lambda.compute.x86_64' =>
  listOf(one, 'architectures').includes('arm64') ? 'lambda.compute.arm64' : 'lambda.compute.x86_64';

type Runs = {
  readonly graph: Graph;
  readonly runs: number;
  readonly seconds: number;
  readonly memory: number;
  readonly kind: Kind;
  readonly what: string;
};

/** Invocations and the time they take; `memory` in MB. */
export const invocations = ({ graph, runs, seconds, memory, kind, what }: Runs): readonly Usage[] => {
  const [any] = all(graph, 'function');
  return [
    { meter: 'lambda.requests', quantity: runs, kind, what },
    {
      meter: any === undefined ? 'lambda.compute.x86_64' : computeMeter(any),
      quantity: (runs * seconds * memory) / 1024,
      kind,
      what: `${what}: ${memory} MB × ${Math.round(seconds * 1000)} ms`,
    },
  ];
};

/** Bytes that Lambda logs of itself for each invocation: none where the function's own level keeps them back. */
export const ownLogBytes = (one: Resource): number => {
  const { logFormat, systemLogLevel } = partOf(one, 'loggingConfig');
  return logFormat === 'JSON' && systemLogLevel === 'WARN' ? 0 : platformLogBytes;
};
