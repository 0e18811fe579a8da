import { describe, expect, it } from 'vitest';
import type { Proof } from '../adapters/conformance/proof.ts';
import { answeredInstead } from '../adapters/conformance/semantics.ts';
import { methodsOf, parity, type ReportedTest } from './parity.ts';

const proof = (more: Partial<Proof> = {}): Proof => ({ port: 'Queue', target: 'the laptop', methods: ['send'], ...more });
const test = (status: string, ...proofs: readonly Proof[]): ReportedTest => ({
  fullName: 'a queue sends',
  title: 'sends',
  status,
  meta: { proofs },
});
/** Without the cells at its end that are empty. */
const rowOf = (text: string, port: string, method: string): string =>
  text
    .split('\n')
    .find((line) => line.startsWith(`| ${port} | \`${method}\` `))
    ?.replace(/[\s|]+$/, '') ?? '';

/** The report of these tests, beside those that it is not made without. */
const answered = answeredInstead.map(({ test: title }): ReportedTest => ({ fullName: title, title, status: 'passed' }));
const parityOf = (tests: readonly ReportedTest[]): string => parity([...answered, ...tests]);

describe('the parity report', () => {
  it('counts the tests that passed, by method and target', () => {
    const text = parityOf([test('passed', proof()), test('passed', proof(), proof({ target: 'ministack', methods: ['send', 'work'] }))]);
    expect(rowOf(text, 'Queue', 'send')).toBe('| Queue | `send` | 2 |  | 1');
    expect(rowOf(text, 'Queue', 'work')).toBe('| Queue | `work` | unproven |  | 1');
    expect(rowOf(text, 'Table', 'get')).toBe('| Table | `get`');
  });

  it('takes nothing for proven that was skipped or must fail, and says why', () => {
    const unproven = { target: 'ministack', unproven: 'ministack does not do that.' };
    const text = parityOf([test('passed', proof(unproven)), test('skipped', proof(unproven))]);
    expect(rowOf(text, 'Queue', 'send')).toBe('| Queue | `send` |  |  | unproven');
    expect(text).toContain('| Queue | ministack | sends | ministack does not do that. |');
  });

  it('is not made where a test failed that would prove something', () => {
    expect(() => parityOf([test('failed', proof())])).toThrow('a queue sends');
    expect(parityOf([{ ...test('failed'), meta: {} }])).toContain('# Parity');
  });

  it('is not made of a method that it has no row for', () =>
    expect(() => parityOf([test('passed', proof({ methods: ['sned'] }))])).toThrow('Queue.sned'));

  it('is not made without what has to be answered in the place of an emulator', () => {
    expect(parityOf([])).toContain('| S3: an error in the body of a 200 |');
    expect(() => parity(answered.slice(1))).toThrow('TransactionConflict');
  });

  it('leaves out what is no target', () =>
    expect(rowOf(parityOf([test('passed', proof({ target: 'a table alone' }))]), 'Queue', 'send')).toBe('| Queue | `send`'));

  it('has a row for every method', () => {
    const text = parityOf([]);
    for (const [port, methods] of Object.entries(methodsOf)) for (const method of methods) expect(rowOf(text, port, method)).not.toBe('');
  });
});
