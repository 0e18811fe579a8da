import { describe, expect, it } from 'vitest';
import { comparison } from './compare.ts';

describe('a comparison of costs', () => {
  it('shows what a change makes dearer or cheaper', () => {
    const text = comparison({ dev: { idle: '1', events: '7.1' } }, { dev: { idle: '1.4', events: '7' } });
    expect(text).toContain('| `dev` | idle | $1.00 | $1.40 | +$0.40 |');
    expect(text).toContain('| `dev` | events | $7.10 | $7.00 | −$0.10 |');
  });

  it('leaves out what stays', () => {
    expect(comparison({ dev: { idle: '1', events: '7' } }, { dev: { idle: '1', events: '8' } })).not.toContain('idle');
  });

  it('says so where nothing changes', () => {
    expect(comparison({ dev: { idle: '1' } }, { dev: { idle: '1.001' } })).toBe('The estimated cost stays as it is.');
  });

  it('calls a stack new that was not there', () => {
    expect(comparison({}, { dev: { idle: '1' } })).toContain('| `dev` | idle | – | $1.00 | new |');
  });
});
