import { readFileSync, writeFileSync } from 'node:fs';
import { comparison, type Figures, figuresOf } from './compare.ts';
import { type StackName, stacks } from './declared.ts';
import { costFile, estimates, isDrifted } from './document.ts';
import { broken } from './estimate.ts';
import { costDocument, details, summary } from './report.ts';
import { sideBySide } from './side-by-side.ts';

const usage = `npm run cost [-- <stack> …]            what the stacks cost: ${stacks.join(', ')}; all where none is named
npm run cost -- compare                the clouds side by side: idle, a million predictions, 100 million
npm run cost -- --write                writes docs/cost.md
npm run cost -- --check                fails where docs/cost.md says something else
npm run cost -- --json                 the figures, for --compare
npm run cost -- --compare <a> <b>      what changed between two files of figures, in Markdown`;

const isStack = (name: string): name is StackName => (stacks as readonly string[]).includes(name);

/** Figures that could not be had, of a commit before there were any, are none. */
const figures = (file: string | undefined): Figures => {
  const text = file === undefined ? '' : readFileSync(file, 'utf8').trim();
  return text === '' ? {} : (JSON.parse(text) as Figures);
};

const run = async (args: readonly string[]): Promise<number> => {
  const flags = args.filter((arg) => arg.startsWith('--'));
  const rest = args.filter((arg) => !arg.startsWith('--'));
  if (flags[0] === '--compare') return say(comparison(figures(rest[0]), figures(rest[1])));
  if (rest[0] === 'compare') return say(sideBySide(await estimates(stacks)));
  const unknown = [...rest.filter((name) => !isStack(name)), ...flags.filter((flag) => !['--write', '--check', '--json'].includes(flag))];
  if (unknown.length > 0) return complain([`There is no ${unknown.join(', ')}.`, usage]);
  const made = await estimates(rest.length === 0 ? stacks : rest.filter(isStack));
  if (flags.includes('--write')) writeFileSync(costFile, costDocument(made));
  if (flags.includes('--check') && isDrifted(made))
    return complain(['docs/cost.md is not what the stacks declare; run: npm run cost -- --write']);
  if (flags.includes('--json')) say(JSON.stringify(figuresOf(made), null, 2));
  else say(rest.length === 0 ? summary(made) : made.map(details).join('\n\n'));
  const over = broken(made);
  return over.length === 0 ? 0 : complain(over);
};

const say = (text: string): number => {
  console.log(text);
  return 0;
};
const complain = (lines: readonly string[]): number => {
  console.error(lines.join('\n'));
  return 1;
};

process.exitCode = await run(process.argv.slice(2));
