import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { stacks } from './declared.ts';
import { estimates, isDrifted } from './document.ts';
import { summary } from './report.ts';

describe('docs/cost.md', async () => {
  const made = await estimates(stacks);

  it('says what the stacks declare now (else: npm run cost -- --write)', () => {
    expect(isDrifted(made)).toBe(false);
  });

  it.each(made)('is what README.md sums up of $stack', (each) => {
    const cells = summary([each]).split('\n').at(-1)?.split(' | ').slice(0, 4).join(' | ');
    expect(readFileSync(new URL('../../README.md', import.meta.url), 'utf8')).toContain(`\n${cells} |\n`);
  });

  it('would be found out if it said something else', () => {
    expect(isDrifted(made.slice(1))).toBe(true);
  });
});
