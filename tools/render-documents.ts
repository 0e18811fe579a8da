import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { pathToFileURL } from 'node:url';
import { contexts } from '../functions/contexts.ts';
import { asyncApi } from '../functions/kernel/asyncapi.ts';
import { openApi } from '../functions/kernel/openapi.ts';
import { permissionTable } from './permission-table.ts';
import { answerTo, tell } from './words.ts';

const usage = `npm run docs                writes docs/openapi.json, docs/asyncapi.json and docs/permissions.md
npm run docs -- --check     fails where they say something else than the declarations`;

const folder = new URL('../docs/', import.meta.url);
const json = (value: unknown): string => `${JSON.stringify(value, null, 2)}\n`;

/** What the declarations of all contexts make, by the file's name under `docs/`. */
export const documents = (): Readonly<Record<string, string>> => ({
  'openapi.json': json(openApi(contexts)),
  'asyncapi.json': json(asyncApi(contexts)),
  'permissions.md': permissionTable(contexts),
});

const onDisk = (name: string): string | undefined => {
  const file = new URL(name, folder);
  return existsSync(file) ? readFileSync(file, 'utf8') : undefined;
};

/** The documents on disk that say something else than the declarations. */
export const drifted = (made = documents()): readonly string[] =>
  Object.entries(made)
    .filter(([name, text]) => onDisk(name) !== text)
    .map(([name]) => `docs/${name}`);

const write = (): void => {
  mkdirSync(folder, { recursive: true });
  for (const [name, text] of Object.entries(documents())) writeFileSync(new URL(name, folder), text);
};

const check = (): number => {
  const names = drifted();
  for (const name of names) console.error(`${name} is not what the declarations say; run: npm run docs`);
  return names.length === 0 ? 0 : 1;
};

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  const words = process.argv.slice(2);
  const answer = answerTo(words, ['--check'], usage);
  if (answer !== undefined) tell(answer);
  else if (words.includes('--check')) process.exitCode = check();
  else write();
}
