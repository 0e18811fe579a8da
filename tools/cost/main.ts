import { readFileSync, writeFileSync } from 'node:fs';
import { tell } from '../words.ts';
import { type Asked, asked } from './asked.ts';
import { comparison, type Figures, figuresOf } from './compare.ts';
import { stacks } from './declared.ts';
import { costFile, estimates, isDrifted } from './document.ts';
import { broken } from './estimate.ts';
import { costDocument, details, summary } from './report.ts';
import { sideBySide } from './side-by-side.ts';

/** Figures that could not be had, of a commit before there were any, are none. */
const figures = (file: string): Figures => {
  const text = readFileSync(file, 'utf8').trim();
  return text === '' ? {} : (JSON.parse(text) as Figures);
};

const run = async (asked: Asked): Promise<number> => {
  if (asked.does === 'compare') return say(comparison(figures(asked.before), figures(asked.after)));
  if (asked.does === 'side-by-side') return say(sideBySide(await estimates(stacks)));
  const made = await estimates(asked.stacks.length === 0 ? stacks : asked.stacks);
  if (asked.write) writeFileSync(costFile, costDocument(made));
  if (asked.check && isDrifted(made)) return complain(['docs/cost.md is not what the stacks declare; run: npm run cost -- --write']);
  if (asked.json) say(JSON.stringify(figuresOf(made), null, 2));
  else say(asked.stacks.length === 0 ? summary(made) : made.map(details).join('\n\n'));
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

const told = asked(process.argv.slice(2));
if ('code' in told) tell(told);
else process.exitCode = await run(told);
