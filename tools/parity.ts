import { differences } from '../adapters/conformance/differences.ts';
import type { Proof } from '../adapters/conformance/proof.ts';
import { answeredInstead, type Cloud, type Target, targets } from '../adapters/conformance/semantics.ts';
import { failed, Rejected } from '../domain/kernel/failure.ts';

/** A test as vitest's JSON reporter tells of it. */
export type ReportedTest = {
  readonly fullName: string;
  readonly title: string;
  readonly status: string;
  readonly meta?: { readonly proofs?: readonly Proof[] };
};

/** The ports and their methods, as they are printed; a suite that calls one that is not here is missed by nobody (see `parity`). */
export const methodsOf = {
  Table: ['get', 'batchGet', 'put', 'delete', 'transact', 'query', 'queryIndex', 'scan'],
  ChangeStream: ['subscribe'],
  EventStore: ['read', 'handle', 'history', 'stateAt', 'states', 'statesByIndex', 'timeline'],
  Meter: ['record'],
  EventBus: ['publish'],
  Queue: ['send', 'work'],
  DeadLetters: ['list', 'get', 'redrive'],
  ObjectStore: [
    ...['put', 'get', 'head', 'copy', 'delete', 'list', 'presign'],
    ...['startMultipart', 'putPart', 'completeMultipart', 'abortMultipart'],
  ],
  Secrets: ['get', 'put'],
  ModelHost: ['inspect', 'load', 'invoke', 'remove'],
} as const;

/** What a harness adds to its port. */
const ofHarnesses: ReadonlySet<string> = new Set(['EventBus.stop']);

type Stated = Proof & { readonly test: string; readonly passed: boolean };

/** The clouds as they are printed. */
const clouds: Readonly<Record<Cloud, string>> = { laptop: 'Laptop', aws: 'AWS', azure: 'Azure', gcp: 'Google Cloud' };
const columns = Object.keys(clouds) as readonly Cloud[];
const targetsOf = (cloud: Cloud): readonly Target[] => (Object.keys(targets) as Target[]).filter((target) => targets[target] === cloud);
const isTarget = (name: string): name is Target => name in targets;

const heading = [
  '# Parity',
  '',
  'Made by `npm run parity` from the reports of `npm test` and `npm run test:emulators`: it says what passed there, and nothing else. The same suite',
  '(`adapters/conformance`) runs on every target. In a cell stands how many of its tests, all passed, called the method on each target of the cloud.',
  'A cell that nothing proves would say so and why; without a reason this report is not made.',
  '',
  'The fakes are of this repository, written from the REST references, and each is driven by the vendor’s own client in tests of its own. What no',
  'emulator shows was answered as the API reference says, to the adapter alone: that proves how ours reacts, not that the cloud answers so. No test',
  'here has seen AWS, Azure or Google Cloud itself.',
];

/** The report in Markdown. Throws `Rejected` `parity-not-proven` where a test that would prove something failed, or calls a method that has no row. */
export const parity = (tests: readonly ReportedTest[]): string => {
  const failing = tests.filter(({ status, meta }) => status === 'failed' && meta?.proofs !== undefined);
  if (failing.length > 0) throw notProven(`failed: ${failing.map(({ fullName }) => fullName).join('; ')}`);
  const stated = tests.flatMap(statedBy).filter(({ target }) => isTarget(target));
  const unknown = stated.flatMap(({ port, methods }) =>
    methods.filter((method) => !isKnown(port, method)).map((method) => `${port}.${method}`),
  );
  if (unknown.length > 0) throw notProven(`no row for ${[...new Set(unknown)].join(', ')}`);
  return `${[...heading, '', ...proven(stated), '', ...notShown(stated), '', ...answered(tests), '', ...declared()].join('\n')}\n`;
};

const notProven = (detail: string): Rejected => new Rejected(failed('conflict', 'parity-not-proven', `Parity cannot be stated; ${detail}`));

const isKnown = (port: string, method: string): boolean =>
  ofHarnesses.has(`${port}.${method}`) || ((methodsOf as Record<string, readonly string[]>)[port]?.includes(method) ?? false);

const statedBy = ({ title, status, meta }: ReportedTest): readonly Stated[] =>
  (meta?.proofs ?? []).map((proof) => ({ ...proof, test: title, passed: status === 'passed' && proof.unproven === undefined }));

const row = (cells: readonly (string | number)[]): string => `| ${cells.join(' | ')} |`;
const table = (head: readonly string[], rows: readonly (readonly (string | number)[])[]): readonly string[] => [
  row(head),
  `|${head.map(() => '---').join('|')}|`,
  ...rows.map(row),
];

const proven = (stated: readonly Stated[]): readonly string[] => [
  '## Proven',
  '',
  ...table(
    ['Port', 'Method', ...Object.values(clouds)],
    Object.entries(methodsOf).flatMap(([port, methods]) =>
      methods.map((method) => [port, `\`${method}\``, ...columns.map((cloud) => cell(stated, { port, method, cloud }))]),
    ),
  ),
];

/** What proves a method in a cloud, by target, or why nothing does. */
const cell = (stated: readonly Stated[], at: { readonly port: string; readonly method: string; readonly cloud: Cloud }): string => {
  const counts = targetsOf(at.cloud).flatMap((target) => {
    const here = stated.filter((one) => one.port === at.port && one.target === target && one.passed && one.methods.includes(at.method));
    return here.length === 0 ? [] : [at.cloud === 'laptop' ? `${here.length}` : `${here.length} on ${target}`];
  });
  if (counts.length > 0) return counts.join(', ');
  const reason = stated.find(
    ({ port, target, unproven }) => port === at.port && targets[target as Target] === at.cloud && unproven,
  )?.unproven;
  if (reason === undefined) throw notProven(`nothing proves ${at.port}.${at.method} on ${clouds[at.cloud]}, and nothing says why`);
  return `unproven: ${reason}`;
};

const notShown = (stated: readonly Stated[]): readonly string[] => {
  const reasons = stated.filter(({ unproven }) => unproven !== undefined);
  const rows = reasons.map(({ port, target, test, unproven = '' }) => [port, target, test, unproven]);
  return [
    '## Unproven, and why',
    '',
    'These tests are skipped there, or run and must fail, so that an emulator that learns better is noticed.',
    '',
    ...table(['Port', 'Target', 'Test', 'Why'], [...rows].sort(byText)),
  ];
};

const byText = (one: readonly string[], other: readonly string[]): number => (one.join('\0') < other.join('\0') ? -1 : 1);

const answered = (tests: readonly ReportedTest[]): readonly string[] => {
  const passed = new Set(tests.filter(({ status }) => status === 'passed').map(({ title }) => title));
  const missing = answeredInstead.filter(({ test }) => !passed.has(test));
  if (missing.length > 0) throw notProven(`nothing passed that is called ${missing.map(({ test }) => `"${test}"`).join(', ')}`);
  return [
    '## Shown by no emulator',
    '',
    "What the vendor's reference says is answered was answered in its place; these tests passed.",
    '',
    ...table(
      ['What', 'Test'],
      answeredInstead.map(({ what, test }) => [what, test]),
    ),
  ];
};

const declared = (): readonly string[] => [
  '## Where clouds differ',
  '',
  'Within the contract of each port. `tested`: the suites hold each target to it; `documented`: the vendor says so.',
  '',
  ...table(
    ['Port', 'About', ...Object.values(clouds), ''],
    differences.map(({ port, about, says, tested }) => [
      port,
      about,
      ...columns.map((cloud) => says[cloud]),
      tested ? 'tested' : 'documented',
    ]),
  ),
];
