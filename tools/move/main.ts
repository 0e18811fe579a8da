import { parseArgs } from 'node:util';
import { Rejected } from '../../domain/kernel/failure.ts';
import { move } from './move.ts';
import { movable } from './platform.ts';
import { journalOf } from './progress.ts';

const usage = `npm run move -- --from <url> --to <url>

Takes tenants and their keys, models with their artifacts, history, plans, usage and invoices from one platform to another, and compares both.
HYBRID_FROM_KEY and HYBRID_TO_KEY are the administrators' keys. Nobody should write to either meanwhile; run it again if somebody did.`;

const say = (line: string): void => void process.stdout.write(`${line}\n`);
const fail = (line: string): void => {
  process.stderr.write(`${line}\n`);
  process.exitCode = 1;
};

const told = () => {
  const { from, to } = parseArgs({ options: { from: { type: 'string' }, to: { type: 'string' } } }).values;
  const { HYBRID_FROM_KEY: fromKey, HYBRID_TO_KEY: toKey } = process.env;
  return from && to && fromKey && toKey ? { from: movable(trimmed(from), fromKey), to: movable(trimmed(to), toKey) } : undefined;
};
const trimmed = (url: string): string => url.replace(/\/+$/, '');

try {
  const sides = told();
  if (sides === undefined) fail(usage);
  else {
    const differences = await move({ ...sides, journal: journalOf('.move', sides.from.url, sides.to.url), say });
    if (differences.length > 0) fail(`\nNot the same on both sides: ${differences.join(', ')}. Run it again.`);
    else say('\nBoth are equal.');
  }
} catch (error) {
  fail(error instanceof Rejected ? `${error.failure.detail} Run it again to go on.` : String(error));
}
