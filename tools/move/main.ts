import { Rejected } from '../../domain/kernel/failure.ts';
import { asksForHelp, tell } from '../words.ts';
import { move, unlike, verify } from './move.ts';
import { type MovableOptions, movable } from './platform.ts';
import { journalOf } from './progress.ts';
import { type Side, sidesOf } from './sides.ts';

const usage = [
  'npm run move -- --from <url> --to <url> [--verify]',
  '',
  'Takes tenants and their keys, models with their artifacts, history, plans, usage and invoices from one platform to another, and compares both.',
  "HYBRID_FROM_KEY and HYBRID_TO_KEY are the administrators' keys. Nobody should write to either meanwhile; run it again if somebody did.",
  'With --verify both are compared, and nothing is copied.',
];

/** What a platform says is not to move the cursor of a terminal. */
const printable = (line: string): string => line.replaceAll(/\p{Cc}/gu, '\uFFFD');
const say = (line: string): void => void process.stdout.write(`${printable(line)}\n`);
const fail = (lines: readonly string[], code: number): void => {
  for (const line of lines) process.stderr.write(`${printable(line)}\n`);
  process.exitCode = code;
};

const opened = ({ url, key, keyName, option }: Side) => movable(url, key, { keyName, option, say } satisfies MovableOptions);

const run = async (): Promise<void> => {
  if (asksForHelp(process.argv.slice(2))) return tell({ code: 0, text: usage.join('\n') });
  const told = sidesOf(process.argv.slice(2), process.env);
  const sides = { from: opened(told.from), to: opened(told.to), say };
  const differences = await (told.verify ? verify(sides) : move({ ...sides, journal: journalOf('.move', told.from.url, told.to.url) }));
  if (differences.length === 0) return say('Both are equal.');
  fail([unlike(differences, told.verify)], 1);
};

try {
  await run();
} catch (error) {
  if (!(error instanceof Rejected)) fail([String(error)], 1);
  else if (error.failure.code === 'wrong-arguments') fail([error.failure.detail, '', ...usage], 2);
  else fail([error.failure.failure === 'unavailable' ? `${error.failure.detail} Run it again to go on.` : error.failure.detail], 1);
}
