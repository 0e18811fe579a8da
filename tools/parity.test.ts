import { describe, expect, it } from 'vitest';
import type { Proof } from '../adapters/conformance/proof.ts';
import { answeredInstead, type Target } from '../adapters/conformance/semantics.ts';
import { methodsOf, parity, type ReportedTest } from './parity.ts';

const proof = (more: Partial<Proof> = {}): Proof => ({ port: 'Queue', target: 'the laptop', methods: ['send'], ...more });
const test = (status: string, ...proofs: readonly Proof[]): ReportedTest => ({
  fullName: 'a queue sends',
  title: 'sends',
  status,
  meta: { proofs },
});
/** The cells of a row behind port and method: laptop, AWS, Azure, Google Cloud. */
const rowOf = (text: string, port: string, method: string): readonly string[] =>
  text
    .split('\n')
    .find((line) => line.startsWith(`| ${port} | \`${method}\` `))
    ?.split('|')
    .slice(3, -1)
    .map((cell) => cell.trim()) ?? [];

const everywhere: readonly Target[] = ['the laptop', 'DynamoDB Local', 'azurite', 'drongo'];
const isEverything = (port: string, method: string): boolean => port !== 'Queue' || method !== 'work';
/** What proves each method but the one that these tests are about, once in each cloud. */
const others = Object.entries(methodsOf).flatMap(([port, methods]) =>
  everywhere.map((target) => test('passed', { port, target, methods: methods.filter((method) => isEverything(port, method)) })),
);
/** The report of these tests, beside those that it is not made without. */
const answered = answeredInstead.map(({ test: title }): ReportedTest => ({ fullName: title, title, status: 'passed' }));
const parityOf = (tests: readonly ReportedTest[]): string => parity([...answered, ...others, ...tests]);
const works = (target: string): ReportedTest => test('passed', proof({ target, methods: ['work'] }));

describe('the parity report', () => {
  it('counts the tests that passed, by method, cloud and target', () => {
    const text = parityOf([...everywhere.map(works), works('ministack'), works('the laptop')]);
    expect(rowOf(text, 'Queue', 'work')).toEqual(['2', '1 on DynamoDB Local, 1 on ministack', '1 on azurite', '1 on drongo']);
  });

  it('takes nothing for proven that was skipped or must fail, and says why', () => {
    const unproven = proof({ target: 'ministack', methods: ['work'], unproven: 'ministack does not do that.' });
    const text = parityOf([works('the laptop'), works('azurite'), works('drongo'), test('passed', unproven), test('skipped', unproven)]);
    expect(rowOf(text, 'Queue', 'work')[1]).toBe('unproven: ministack does not do that.');
    expect(text).toContain('| Queue | ministack | sends | ministack does not do that. |');
  });

  it('is not made with a cell that nothing proves and nothing explains', () =>
    expect(() => parityOf(['the laptop', 'ministack', 'drongo'].map(works))).toThrow('nothing proves Queue.work on Azure'));

  it('is not made where a test failed that would prove something', () => {
    expect(() => parityOf([test('failed', proof())])).toThrow('a queue sends');
    expect(parityOf([...everywhere.map(works), { ...test('failed'), meta: {} }])).toContain('# Parity');
  });

  it('is not made of a method that it has no row for', () =>
    expect(() => parityOf([test('passed', proof({ methods: ['sned'] }))])).toThrow('Queue.sned'));

  it('is not made without what has to be answered in the place of an emulator', () => {
    expect(parityOf(everywhere.map(works))).toContain('| S3: an error in the body of a 200 |');
    expect(() => parity([...answered.slice(1), ...others, ...everywhere.map(works)])).toThrow('TransactionConflict');
  });

  it('leaves out what is no target', () => {
    const text = parityOf([...everywhere.map(works), works('a table alone')]);
    expect(text).not.toContain('a table alone');
    expect(rowOf(text, 'Queue', 'work')[0]).toBe('1');
  });

  it('has no cell that is empty', () => {
    const text = parityOf(everywhere.map(works));
    for (const [port, methods] of Object.entries(methodsOf))
      for (const method of methods) {
        expect(rowOf(text, port, method)).toHaveLength(4);
        expect(rowOf(text, port, method)).not.toContain('');
      }
  });
});
