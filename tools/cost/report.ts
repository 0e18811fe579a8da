import { type Bill, dollars, type Line, totalOf } from './bill.ts';
import { type Estimate, isEdge, limits } from './estimate.ts';
import type { PriceList } from './price.ts';
import { cloudNames, lists, priceOf, regions, reviewed } from './prices.ts';
import { sideBySide } from './side-by-side.ts';

const amount = (value: number): string => (value >= 100 ? Math.round(value).toLocaleString('en-US') : String(Number(value.toPrecision(3))));

const table = (headings: readonly string[], rows: readonly (readonly string[])[]): string =>
  [headings, headings.map(() => '---'), ...rows].map((cells) => `| ${cells.join(' | ')} |`).join('\n');

const row = (line: Line): readonly string[] => [
  `\`${line.kind}\``,
  line.what,
  `${amount(line.quantity)} × ${priceOf(line.meter).unit}`,
  line.free === 0 ? '' : amount(line.free),
  dollars(line.usd),
];

const lines = (bill: Bill, total: string): string =>
  table(
    ['Component', 'What', 'Quantity', 'Free', 'USD'],
    [
      ...bill.lines.filter((line) => !isEdge(line)).map(row),
      ['', total, '', '', `**${dollars(totalOf(bill.lines.filter((line) => !isEdge(line))))}**`],
      ...edgeRows(bill.lines.filter(isEdge)),
    ],
  );

const edgeRows = (edge: readonly Line[]): readonly (readonly string[])[] =>
  edge.length === 0 ? [] : [...edge.map(row), ['', 'the edge', '', '', `**${dollars(totalOf(edge))}**`]];

const split = (bill: Bill): string => {
  const edge = bill.lines.filter(isEdge);
  const own = dollars(totalOf(bill.lines.filter((line) => !isEdge(line))));
  return edge.length === 0 ? own : `${own} + ${dollars(totalOf(edge))} edge`;
};

/** One line for each stack: what people ask first. */
export const summary = (estimates: readonly Estimate[]): string =>
  table(
    ['Stack', 'Idle, a month', 'First million predictions', 'Each further million', 'A million events'],
    estimates.map((each) => [
      `\`${each.stack}\``,
      split(each.idle),
      split(each.firstMillion),
      split(each.furtherMillion),
      split(each.events),
    ]),
  );

export const details = (each: Estimate): string =>
  [
    `## ${each.stack}`,
    '### Idle, a month',
    lines(each.idle, 'idle'),
    '### The first million predictions of a month, on top of that',
    lines(each.firstMillion, 'the first million'),
    '### Each further million predictions, allowances used up, at 100 million a month',
    lines(each.furtherMillion, 'a further million'),
    '### A million domain events, allowances used up',
    lines(each.events, 'a million events'),
    '### A gigabyte for a month, allowances used up',
    table(
      ['Component', 'What', 'USD'],
      each.storage.lines.map((line) => [`\`${line.kind}\``, line.what, dollars(line.usd)]),
    ),
  ].join('\n\n');

const priceList = ({ prices, allowances }: PriceList): string =>
  table(
    ['Meter', 'USD', 'Always free, a month', 'Source', 'Dated', 'Note'],
    Object.entries(prices).map(([name, { usd, per, unit, free, source, dated, note }]) => {
      const per1 = per === 1 ? unit : `${per.toLocaleString('en-US')} × ${unit}`;
      const allowance = free === undefined ? undefined : allowances[free];
      return [`\`${name}\``, `${usd} per ${per1}`, allowance?.toLocaleString('en-US') ?? '', source, dated, note ?? ''];
    }),
  );

const priceLists = (): readonly string[] =>
  Object.entries(lists).flatMap(([cloud, list]) => [
    `## Price list of ${cloudNames[cloud as keyof typeof lists]}, ${list.region}`,
    priceList(list),
  ]);

/** The whole document under `docs/`. */
export const costDocument = (estimates: readonly Estimate[]): string =>
  `${[introduction, summary(estimates), ...estimates.map(details), sideBySide(estimates), assumptionsText, ...priceLists()].join('\n\n')}\n`;

const introduction = [
  '# What it costs',
  '',
  'Made by `npm run cost -- --write` from the resources that the stacks declare, from the code of the inference path as it was counted, and from the',
  `price lists below (reviewed ${reviewed}): list prices without discounts and taxes. Nothing here was measured in an account.`,
  `Prices are of a region (${regions}); others cost more or less.`,
  '',
  `\`npm run cost\` fails where an idle dev stack costs more than $${limits.idleInDev} a month, or a million predictions in a month on AWS more than`,
  `$${limits.millionPredictions} (1 KB in and out, 20 ms; the edge, a content network or load balancer with a firewall, is a line of its own).`,
  'Allowances that never end count, trials do not.',
  'Each further million costs more, because the allowances are used up by then; it is shown for a platform with 100 million predictions a month.',
].join('\n');

const assumptionsText = [
  '## What is assumed',
  '',
  '- An idle queue that a function is mapped to is polled 15 times a minute (5 pollers, long polls of 20 s): 657,000 requests, $0.26 a month.',
  '- A prediction is what its code does, counted: reads of the key, its tenant and the endpoint, one conditional put of a usage fact, one log line.',
  '- Facts come evenly; a batch of the change stream opens with its first fact and takes what comes within the window; a new table has 4 stream shards;',
  '  a batch makes one read and one write of a roll-up for each partition of facts in it.',
  '- Functions that publish, fold or handle events take 50 ms. Start-up time, which Lambda bills too, is left out: below one in a hundred invocations.',
  '- Events and deliveries are taken one at a time, which is dearest.',
  '- Cloud Run rounds up to 100 ms, and requests are taken never to share an instance, which is dearest; the edge holds a request as long as who answers.',
  '- On Google Cloud a sweep a minute reads two documents for each table with changes; facts are folded by it, a partition at a time.',
  '- The free quota of Firestore belongs to one database of a project, and is not counted.',
  '- Nothing holds a lease while it is idle: pollers of queues and streams are Lambda\u2019s own, and their reads are all that is paid.',
].join('\n');
