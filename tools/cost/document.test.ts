import { describe, expect, it } from 'vitest';
import { stacks } from './declared.ts';
import { estimates, isDrifted } from './document.ts';

describe('docs/cost.md', async () => {
  const made = await estimates(stacks);

  it('says what the stacks declare now (else: npm run cost -- --write)', () => {
    expect(isDrifted(made)).toBe(false);
  });

  it('would be found out if it said something else', () => {
    expect(isDrifted(made.slice(1))).toBe(true);
  });
});
