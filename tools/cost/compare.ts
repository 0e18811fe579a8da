import { exact } from '../../domain/kernel/money.ts';
import { plain, totalOf } from './bill.ts';
import { type Estimate, isEdge } from './estimate.ts';

/** The figures of an estimate that a review looks at, as JSON keeps them. */
export type Figures = { readonly [stack: string]: { readonly [figure: string]: string } };

export const figuresOf = (estimates: readonly Estimate[]): Figures =>
  Object.fromEntries(
    estimates.map(({ stack, idle, firstMillion, furtherMillion, events }) => [
      stack,
      {
        'idle, a month': plain(idle.total),
        'the first million predictions': plain(totalOf(firstMillion.lines.filter((line) => !isEdge(line)))),
        'each further million predictions': plain(totalOf(furtherMillion.lines.filter((line) => !isEdge(line)))),
        'a million predictions at the edge': plain(totalOf(furtherMillion.lines.filter(isEdge))),
        'a million events': plain(events.total),
      },
    ]),
  );

/** What a change does to the figures, as a table in Markdown. A stack that is new has no figure before. */
export const comparison = (before: Figures, after: Figures): string => {
  const rows = Object.entries(after).flatMap(([stack, figures]) =>
    Object.entries(figures).map(([figure, now]) => rowOf(stack, figure, before[stack]?.[figure], now)),
  );
  const changed = rows.filter(({ differs }) => differs);
  if (changed.length === 0) return 'The estimated cost stays as it is.';
  return ['| Stack | What | Before | After | Change |', '|---|---|---|---|---|', ...changed.map(({ text }) => text)].join('\n');
};

const rowOf = (stack: string, figure: string, before: string | undefined, now: string) => {
  const change = before === undefined ? undefined : exact(now).minus(exact(before));
  const signed = change === undefined ? 'new' : `${change.gte(exact('0')) ? '+' : '−'}$${change.abs().toFixed(2)}`;
  const was = before === undefined ? '–' : `$${exact(before).toFixed(2)}`;
  return {
    differs: change === undefined || change.abs().gte(exact('0.005')),
    text: `| \`${stack}\` | ${figure} | ${was} | $${exact(now).toFixed(2)} | ${signed} |`,
  };
};
