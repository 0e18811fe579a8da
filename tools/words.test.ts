import { describe, expect, it } from 'vitest';
import { answerTo } from './words.ts';

describe('the words of a command', () => {
  const answer = (...words: readonly string[]) => answerTo(words, ['--check', 'aws'], 'how it is used');
  it('are those that it knows', () => expect([answer(), answer('aws', '--check')]).toEqual([undefined, undefined]));
  it('may ask for its usage', () => {
    for (const word of ['--help', '-h']) expect(answer('aws', word)).toEqual({ code: 0, text: 'how it is used' });
  });
  it('are refused with its usage where it does not know them', () =>
    expect(answer('aws', 'gcp', '--wrong')).toEqual({ code: 1, text: 'There is no gcp, --wrong here.\n\nhow it is used' }));
});
