import { describe, expect, it } from 'vitest';
import { failed, isFailure, orReject, Rejected } from './failure.ts';

describe('a failure', () => {
  const failure = failed('not-found', 'model-not-found', 'There is no such model.');

  it('is a value with its kind, code and detail', () =>
    expect(failure).toEqual({ failure: 'not-found', code: 'model-not-found', detail: 'There is no such model.' }));
  it('has members for a machine only where it was given some', () => {
    expect('extra' in failure).toBe(false);
    expect(failed('conflict', 'in-use', 'In use.', { endpoints: ['a'] }).extra).toEqual({ endpoints: ['a'] });
  });
  it('is told from everything that is none', () => {
    expect(isFailure(failure)).toBe(true);
    for (const other of [null, undefined, 'not-found', 3, [], {}, { failure: 'invalid' }, { code: 'x', detail: 'y' }])
      expect(isFailure(other)).toBe(false);
  });
  it('is thrown with what it says, where it cannot be returned', () => {
    const rejected = new Rejected(failure);
    expect(rejected.failure).toBe(failure);
    expect(rejected.message).toBe('model-not-found: There is no such model.');
    expect(() => orReject(failure)).toThrow(Rejected);
  });
  it('leaves a value that is none as it is', () => expect(orReject<{ a: number }>({ a: 1 })).toEqual({ a: 1 }));
});
