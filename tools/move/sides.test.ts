import { describe, expect, it } from 'vitest';
import { Rejected } from '../../domain/kernel/failure.ts';
import { sidesOf } from './sides.ts';

const keys = { HYBRID_FROM_KEY: 'a', HYBRID_TO_KEY: 'b' };
const [here, there] = ['http://127.0.0.1:8080', 'https://platform.example.com'];
const complaint = (args: readonly string[], environment: Record<string, string> = keys): string => {
  try {
    sidesOf(args, environment);
  } catch (error) {
    if (error instanceof Rejected) return error.failure.detail;
  }
  return '';
};

describe('the sides of a move', () => {
  it('are two platforms with their keys', () => {
    expect(sidesOf(['--from', `${here}/`, '--to', there], keys)).toEqual({
      from: { url: here, key: 'a', option: '--from', keyName: 'HYBRID_FROM_KEY' },
      to: { url: there, key: 'b', option: '--to', keyName: 'HYBRID_TO_KEY' },
      verify: false,
    });
    expect(sidesOf(['--from', `${here}/_aws/execute-api/x/$default`, '--to', there, '--verify'], keys).verify).toBe(true);
  });
  it.each([
    [['--to', there], '--from is missing'],
    [['--from', here], '--to is missing'],
    [['--from', 'notaurl', '--to', there], '--from is "notaurl"; it should be a URL such as'],
    [['--from', here, '--to', 'ftp://x'], '--to is "ftp://x"; it should be a URL such as'],
    [['--from', `${here}/v1/`, '--to', there], 'without /v1'],
    [['--from', here, '--to', `${here}/`], 'they should be two platforms'],
    [['--bogus'], "Unknown option '--bogus'"],
    [[here], 'Unexpected argument'],
  ] as const)('%j: says what is wrong', (args, said) => expect(complaint(args)).toContain(said));
  it('without a key say which, and of what', () =>
    expect(complaint(['--from', here, '--to', there], { HYBRID_FROM_KEY: 'a' })).toBe(
      `HYBRID_TO_KEY is not set; it should be the administrator's key of ${there}.`,
    ));
});
