import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isFailure } from './failure.ts';
import { parseTenantId, platformTenant } from './tenancy.ts';

describe('a tenant id', () => {
  it('is 1 to 40 characters of a-z, 0-9 and "-"', () => {
    for (const id of ['a', '7', 'acme', 'acme-2', 'a--b', 'x'.repeat(40), platformTenant]) expect(parseTenantId(id)).toBe(id);
  });
  it('is nothing else', () => {
    const others = ['', '-', '-a', 'a-', 'Acme', 'a_b', 'a#b', 'a b', 'a\n', 'é', '..', 'x'.repeat(41)];
    for (const other of others) expect(parseTenantId(other)).toMatchObject({ failure: 'invalid', code: 'invalid-tenant-id' });
  });
  it('never holds what keys are made of', () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        const parsed = parseTenantId(text);
        expect(isFailure(parsed) || !/[#_/]/.test(parsed)).toBe(true);
      }),
    );
  });
});
