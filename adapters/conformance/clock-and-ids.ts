import { describe, expect, it } from 'vitest';
import type { Clock } from '../../domain/kernel/clock.ts';
import type { Ids } from '../../domain/kernel/ids.ts';

/** What a clock of the machine and a maker of ids do. */
export const clockAndIdsConformance = (name: string, clock: Clock, makeIds: () => Ids): void => {
  describe(`the clock and the ids of ${name}`, () => {
    it('tell the time of the machine', () => {
      const before = Date.now();
      const now = clock.now().getTime();
      expect(now).toBeGreaterThanOrEqual(before);
      expect(now).toBeLessThanOrEqual(Date.now());
    });
    it('make ULIDs that rise strictly, also within a millisecond', () => {
      const ids = makeIds();
      const made = Array.from({ length: 20_000 }, () => ids.next());
      expect(made.every((id) => /^[0-7][0-9A-HJKMNP-TV-Z]{25}$/.test(id))).toBe(true);
      expect(made.every((id, index) => index === 0 || id > (made[index - 1] ?? ''))).toBe(true);
    });
    it('make ids that two makers do not share', () => {
      const [one, other] = [makeIds(), makeIds()];
      const made = Array.from({ length: 1000 }, () => [one.next(), other.next()]).flat();
      expect(new Set(made).size).toBe(made.length);
    });
  });
};
