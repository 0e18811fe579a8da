import { describe, expect, it } from 'vitest';
import { isDue } from './scheduler.ts';

describe('a line of cron', () => {
  const at = (time: string) => new Date(`2026-11-25T${time}:00Z`);
  it('is due every so many minutes or hours, or once a day', () => {
    expect([isDue('*/5 * * * *', at('12:10')), isDue('*/5 * * * *', at('12:11'))]).toEqual([true, false]);
    expect([isDue('0 */6 * * *', at('18:00')), isDue('0 */6 * * *', at('18:06')), isDue('0 */6 * * *', at('17:00'))]).toEqual([
      true,
      false,
      false,
    ]);
    expect([isDue('0 0 * * *', at('00:00')), isDue('0 0 * * *', at('12:00'))]).toEqual([true, false]);
  });
});
