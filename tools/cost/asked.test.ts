import { describe, expect, it } from 'vitest';
import { asked, usage } from './asked.ts';

const flags = { write: false, check: false, json: false };

describe('what the cost is asked for', () => {
  it.each([
    [[], { does: 'estimate', stacks: [], ...flags }],
    [['aws-dev', 'gcp-dev'], { does: 'estimate', stacks: ['aws-dev', 'gcp-dev'], ...flags }],
    [['--json', 'aws-dev'], { does: 'estimate', stacks: ['aws-dev'], ...flags, json: true }],
    [['--write'], { does: 'estimate', stacks: [], ...flags, write: true }],
    [['compare'], { does: 'side-by-side' }],
    [['--compare', 'a', 'b'], { does: 'compare', before: 'a', after: 'b' }],
    [['--help'], { code: 0, text: usage }],
  ] as const)('%j', (words, is) => expect(asked(words)).toEqual(is));

  it.each([
    [['compare', 'extra'], 'There is no extra here.'],
    [['aws', '--wrong'], 'There is no aws, --wrong here.'],
    [['--compare', 'a'], '--compare needs two files'],
    [['--compare', 'a', 'b', 'c'], 'There is no c here.'],
    [['--write', 'aws-dev'], 'are about all stacks'],
  ] as const)('%j is refused with what there is', (words, says) => {
    const answer = asked(words);
    expect(answer).toMatchObject({ code: 1, text: expect.stringContaining(says) });
    expect(answer).toMatchObject({ text: expect.stringContaining(usage) });
  });
});
