import { type Answer, asksForHelp, unknownWords } from '../words.ts';
import { type StackName, stacks } from './declared.ts';

export const usage = `npm run cost [-- <stack> …]            what the stacks cost: ${stacks.join(', ')}; all where none is named
npm run cost -- compare                the clouds side by side: idle, a million predictions, 100 million
npm run cost -- --write                writes docs/cost.md
npm run cost -- --check                fails where docs/cost.md says something else
npm run cost -- --json                 the figures, for --compare
npm run cost -- --compare <a> <b>      what changed between two files of figures, in Markdown`;

/** What `npm run cost` is asked for. `stacks` is empty where none was named. */
export type Asked =
  | { readonly does: 'side-by-side' }
  | { readonly does: 'compare'; readonly before: string; readonly after: string }
  | {
      readonly does: 'estimate';
      readonly stacks: readonly StackName[];
      readonly write: boolean;
      readonly check: boolean;
      readonly json: boolean;
    };

const isStack = (name: string): name is StackName => (stacks as readonly string[]).includes(name);
const flags = ['--write', '--check', '--json'];

export const asked = (words: readonly string[]): Asked | Answer => {
  if (asksForHelp(words)) return { code: 0, text: usage };
  const [first, ...others] = words;
  if (first === 'compare') return others.length === 0 ? { does: 'side-by-side' } : unknownWords(others, usage);
  if (first === '--compare') {
    const [before, after, ...more] = others;
    if (before === undefined || after === undefined) return { code: 1, text: `--compare needs two files of figures.\n\n${usage}` };
    return more.length === 0 ? { does: 'compare', before, after } : unknownWords(more, usage);
  }
  const unknown = words.filter((word) => !isStack(word) && !flags.includes(word));
  if (unknown.length > 0) return unknownWords(unknown, usage);
  const [write, check, json] = flags.map((flag) => words.includes(flag)) as [boolean, boolean, boolean];
  const named = words.filter(isStack);
  const whole = write || check;
  if (whole && named.length > 0) return { code: 1, text: `--write and --check are about all stacks; name none.\n\n${usage}` };
  return { does: 'estimate', stacks: named, write, check, json };
};
