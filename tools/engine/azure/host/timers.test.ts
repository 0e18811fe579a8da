import { describe, expect, it } from 'vitest';
import { nextOf } from './timers.ts';

const behind = (schedule: string, moment: string): string => nextOf(schedule, new Date(moment)).toISOString();

describe('the next moment of a schedule', () => {
  it('is the next minute that it names, never the same moment again', () => {
    expect(behind('0 */5 * * * *', '2026-11-25T20:01:30.500Z')).toBe('2026-11-25T20:05:00.000Z');
    expect(behind('0 */5 * * * *', '2026-11-25T20:05:00.000Z')).toBe('2026-11-25T20:10:00.000Z');
  });

  it('is in the next hour, or on the next day, where it has to be', () => {
    expect(behind('0 0 */6 * * *', '2026-11-25T20:01:30Z')).toBe('2026-11-26T00:00:00.000Z');
    expect(behind('0 0 0 * * *', '2026-12-31T00:00:00Z')).toBe('2027-01-01T00:00:00.000Z');
  });

  it('is none of what is no schedule', () =>
    expect(() => behind('0 70 * * * *', '2026-11-25T20:01:30Z')).toThrow('no field of a schedule'));
});
