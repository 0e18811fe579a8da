import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type AuditEntry, auditEntry, auditItem, daysBetween, matchesAudit } from './audit-entry.ts';

const entry: AuditEntry = {
  id: '1',
  at: '2026-11-21T10:00:00.000Z',
  by: 'key:a',
  action: 'alias-assigned',
  resource: 'model/digits/alias/champion',
  outcome: 'success',
};

describe('an audit entry', () => {
  it('lies in the partition of its tenant and day, by time', () =>
    expect(auditItem('acme', entry)).toMatchObject({ pk: 'acme#audit#2026-11-21', sk: '2026-11-21T10:00:00.000Z#1' }));
  it('reads back as it was', () => expect(auditEntry(auditItem('acme', entry))).toEqual(entry));
  it('is found by a resource above it', () => expect(matchesAudit(entry, { resource: 'model/digits' })).toBe(true));
  it('is not found by a resource that only begins like it', () => expect(matchesAudit(entry, { resource: 'model/dig' })).toBe(false));
  it.each([{ by: 'key:b' }, { action: 'alias-removed' }, { outcome: 'denied' }])('is left out by %o', (filter) =>
    expect(matchesAudit(entry, filter)).toBe(false),
  );
});

describe('the days of a range', () => {
  it('leave out a day that begins when the range ends', () =>
    expect(daysBetween(new Date('2026-11-20T12:00:00Z'), new Date('2026-11-22T00:00:00Z'))).toEqual(['2026-11-21', '2026-11-20']));
  it('hold the day of every moment in the range', () =>
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: 4e12 }),
        fc.integer({ min: 1, max: 4e9 }),
        fc.double({ min: 0, max: 0.999, noNaN: true }),
        (start, length, part) => {
          const moment = new Date(start + Math.floor(length * part));
          expect(daysBetween(new Date(start), new Date(start + length))).toContain(moment.toISOString().slice(0, 10));
        },
      ),
    ));
});
