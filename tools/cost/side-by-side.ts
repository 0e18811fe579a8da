import { type Exact, exact } from '../../domain/kernel/money.ts';
import { dollars } from './bill.ts';
import type { Estimate } from './estimate.ts';
import { regions, reviewed } from './prices.ts';

type Load = { readonly says: string; readonly environment: string; readonly costs: (estimate: Estimate) => Exact };

const hundred = exact('100');

/** What people compare clouds by. With a hundred million predictions no allowance is left to speak of, and none is taken off. */
const loads: readonly Load[] = [
  { says: 'dev, idle', environment: 'dev', costs: ({ idle }) => idle.total },
  { says: 'prod, idle', environment: 'prod', costs: ({ idle }) => idle.total },
  { says: 'prod, a million predictions', environment: 'prod', costs: ({ idle, firstMillion }) => idle.total.plus(firstMillion.total) },
  {
    says: 'prod, 100 million predictions',
    environment: 'prod',
    costs: ({ idle, furtherMillion }) => idle.total.plus(furtherMillion.total.times(hundred)),
  },
];

/** The clouds beside each other: dollars a month, the edge included. A cloud that was not estimated has no column. */
export const sideBySide = (estimates: readonly Estimate[]): string => {
  const clouds = [...new Set(estimates.map(({ stack }) => stack.slice(0, stack.indexOf('-'))))];
  const cell = (cloud: string, { environment, costs }: Load): string => {
    const found = estimates.find(({ stack }) => stack === `${cloud}-${environment}`);
    return found === undefined ? '–' : dollars(costs(found));
  };
  const rows = loads.map((load) => [load.says, ...clouds.map((cloud) => cell(cloud, load))]);
  const lines = [['A month', ...clouds], ['---', ...clouds.map(() => '---')], ...rows];
  const whence = `US dollars by the list prices of a region (${regions}; reviewed ${reviewed}), the edge included.`;
  return ['## The clouds side by side', '', whence, '', ...lines.map((cells) => `| ${cells.join(' | ')} |`)].join('\n');
};
