import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { build } from 'esbuild';
import { describe, expect, it } from 'vitest';
import { root } from './bundle.ts';
import { formatMethods, narrowed, narrowZod } from './narrow-zod.ts';

const schemas = readFileSync(join(root, 'node_modules/zod/v4/classic/schemas.js'), 'utf8');
const methods = formatMethods(schemas);

/** What a module of these lines exports as `default`, with zod as functions have it; and how many bytes it has. */
const run = async (contents: string, plugins = [narrowZod]): Promise<{ readonly value: unknown; readonly bytes: number }> => {
  const { outputFiles } = await build({
    stdin: { contents: `import * as z from 'zod';\n${contents}`, resolveDir: root },
    bundle: true,
    write: false,
    minify: true,
    format: 'esm',
    plugins,
  });
  const { text, contents: code } = outputFiles[0] ?? expect.unreachable('nothing was built');
  const module = (await import(`data:text/javascript,${encodeURIComponent(text)}`)) as { readonly default: unknown };
  return { value: module.default, bytes: code.length };
};

/** Calls of a format's method on anything but `z` and `z.iso`, in a source that makes schemas. */
const calledIn = (file: string, source: string): readonly string[] => {
  if (!/from 'zod'/.test(source)) return [];
  const calls = source.matchAll(new RegExp(`(?<!\\bz\\s*(?:\\.iso\\s*)?)\\.(${methods.join('|')})\\(`, 'g'));
  const line = (index: number): number => source.slice(0, index).split('\n').length;
  return [...calls].map(
    ({ index, 1: name = '' }) =>
      `${file}:${line(index)}: packaged functions have no .${name}() of a string; write ${isoMethods.has(name) ? 'z.iso' : 'z'}.${name}()`,
  );
};
const isoMethods = new Set(['datetime', 'date', 'time', 'duration']);

const sources = (folder: string): readonly string[] =>
  readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
    .filter((path) => path.endsWith('.ts') && !path.endsWith('.test.ts') && !path.includes('node_modules'))
    .map((path) => `${folder}/${path}`);

describe('zod as functions have it', () => {
  it('checks as it does elsewhere, formats by themselves too', async () => {
    const { value } = await run(`
      const schema = z.strictObject({ at: z.email(), id: z.uuid().optional(), n: z.int().min(1), s: z.string().min(2).regex(/^a/) });
      export default [{ at: 'a@b.example', n: 1, s: 'ab' }, { at: 'a', n: 1, s: 'ab' }, { at: 'a@b.example', n: 0, s: 'b' }]
        .map((one) => (schema.safeParse(one).error?.issues ?? []).map(({ path, message }) => [...path, message].join(' ')));`);
    expect(value).toEqual([
      [],
      ['at Invalid email address'],
      [
        'n Too small: expected number to be >=1',
        's Too small: expected string to have >=2 characters',
        's Invalid string: must match pattern /^a/',
      ],
    ]);
  });

  it('has no formats as methods of strings, and is the smaller for it', async () => {
    const lines = `export default ${JSON.stringify(methods)}.filter((name) => z.string()[name] !== undefined);`;
    const [narrow, whole] = [await run(lines), await run(lines, [])];
    expect([narrow.value, whole.value]).toEqual([[], methods]);
    expect(methods).toEqual(expect.arrayContaining(['email', 'url', 'uuid', 'ipv4', 'base64']));
    expect(narrow.bytes).toBeLessThan(whole.bytes - 10_000);
  });

  it('is not made of another zod than the one that is known', () =>
    expect(() => narrowed('export const string = 1;')).toThrow("zod's schemas have nothing like"));
});

describe('a schema', () => {
  it.each(['z.string().email()', "z.string().min(1, 'f(x)')\n  .url({ abort: true })", 'name.uuid()'])(
    'that has a format by the method is found: %j',
    (schema) => expect(calledIn('a.ts', `import * as z from 'zod';\n${schema}`)).toHaveLength(1),
  );

  it('that has it by itself is not', () =>
    expect(calledIn('a.ts', "import * as z from 'zod';\nz.email().min(3); z\n  .url(); z.iso.datetime();")).toEqual([]));

  it('of what functions are made of has no format by the method, which would fail when they start', () => {
    const files = ['domain', 'events', 'functions', 'adapters'].flatMap(sources);
    expect(files.filter((file) => /from 'zod'/.test(readFileSync(join(root, file), 'utf8'))).length).toBeGreaterThan(20);
    expect(files.flatMap((file) => calledIn(file, readFileSync(join(root, file), 'utf8')))).toEqual([]);
  });
});
