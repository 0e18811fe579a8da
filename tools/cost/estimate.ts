import { type Exact, exact, zero } from '../../domain/kernel/money.ts';
import { atScale, firstMillion } from './assumptions.ts';
import { type Bill, billOf, billOnTop, type Line, nothingLeft, totalOf } from './bill.ts';
import { assertPriced } from './free-kinds.ts';
import type { Graph } from './graph.ts';
import type { DomainEventCost } from './measured-event.ts';
import type { Prediction } from './measured-prediction.ts';
import { usageOf } from './usage.ts';

export type Measured = { readonly prediction: Prediction; readonly event: DomainEventCost };

/** What a stack costs, by what makes the cost. Lines of the edge (CloudFront, WAF) are in the bills of predictions, and not in their budget. */
export type Estimate = {
  readonly stack: string;
  readonly idle: Bill;
  /** On top of an idle month, in what it leaves of the allowances. */
  readonly firstMillion: Bill;
  /** Without any allowance. */
  readonly furtherMillion: Bill;
  readonly events: Bill;
  readonly storage: Bill;
};

export const estimate = (stack: string, graph: Graph, { prediction, event }: Measured): Estimate => {
  assertPriced(graph);
  const usage = usageOf(stack);
  const idle = usage.idle(graph);
  return {
    stack,
    idle: billOf(idle),
    firstMillion: billOnTop(idle, usage.predictions(graph, prediction, firstMillion)),
    furtherMillion: billOf(usage.predictions(graph, prediction, atScale), nothingLeft),
    events: billOf(usage.events(graph, event), nothingLeft),
    storage: billOf(usage.storage(graph), nothingLeft),
  };
};

export const isEdge = ({ kind }: Line): boolean => kind === 'network-edge';
const withoutEdge = ({ lines }: Bill) => totalOf(lines.filter((line) => !isEdge(line)));

/**
 * The limits that the platform is held to, in US dollars; allowances that never end count, so that the first million of a month is meant, and that on
 * AWS: others charge for a hundred milliseconds where it charges for one.
 */
export const limits = { idleInDev: '5.00', millionPredictions: '2.50' } as const;

/** What an estimate breaks, in sentences; nothing where it holds. */
export const broken = (estimates: readonly Estimate[]): readonly string[] =>
  estimates.flatMap(({ stack, idle, firstMillion: first }) => [
    ...over(`${stack}, an idle month`, stack.endsWith('-dev') ? idle.total : zero, limits.idleInDev),
    ...over(
      `${stack}, a million predictions in a month, without the edge`,
      stack.startsWith('aws-') ? withoutEdge(first) : zero,
      limits.millionPredictions,
    ),
  ]);

const over = (what: string, total: Exact, limit: string): readonly string[] =>
  total.gt(exact(limit)) ? [`${what}: $${total.toFixed(2)}, over the budget of $${limit}`] : [];
