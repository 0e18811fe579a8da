import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { Rejected } from '../domain/kernel/failure.ts';
import { parity, type ReportedTest } from './parity.ts';
import { answerTo, tell } from './words.ts';

const usage = `npm run parity                writes docs/parity.md from the reports of the suites
npm run parity -- --check     fails where it says something else`;
const words = process.argv.slice(2);

const folder = new URL('../.cache/conformance/', import.meta.url);
const document = new URL('../docs/parity.md', import.meta.url);
const reports = { 'unit.json': 'npm run test:unit', 'emulators.json': 'npm run test:emulators' };

type Report = { readonly testResults: readonly { readonly assertionResults: readonly ReportedTest[] }[] };

const testsOf = (name: string): readonly ReportedTest[] => {
  const { testResults } = JSON.parse(readFileSync(new URL(name, folder), 'utf8')) as Report;
  return testResults.flatMap(({ assertionResults }) => assertionResults);
};

/** Writes `docs/parity.md`; with `--check` says instead whether it is what the last runs made of it. */
const render = (check: boolean): string | undefined => {
  const missing = Object.entries(reports).find(([name]) => !existsSync(new URL(name, folder)));
  if (missing !== undefined) return `There is no report of the suites yet; run: ${missing[1]}`;
  const text = parity(Object.keys(reports).flatMap(testsOf));
  const same = existsSync(document) && readFileSync(document, 'utf8') === text;
  if (check) return same ? undefined : 'docs/parity.md is not what the last runs of the suites say; run: npm run parity';
  writeFileSync(document, text);
  return undefined;
};

const complain = (problem: string): void => {
  process.stderr.write(`${problem}\n`);
  process.exitCode = 1;
};

const answer = answerTo(words, ['--check'], usage);
try {
  const problem = answer === undefined ? render(words.includes('--check')) : tell(answer);
  if (problem !== undefined) complain(problem);
} catch (error) {
  if (!(error instanceof Rejected)) throw error;
  complain(error.failure.detail);
}
