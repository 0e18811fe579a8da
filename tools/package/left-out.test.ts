import { build } from 'esbuild';
import { expect, it } from 'vitest';
import { root } from './bundle.ts';
import { leaveOut } from './left-out.ts';

/** What a module exports as `does`, bundled without what functions are spared. */
const built = async (contents: string): Promise<() => unknown> => {
  const { outputFiles } = await build({
    stdin: { contents, resolveDir: root },
    bundle: true,
    write: false,
    format: 'esm',
    platform: 'node',
    external: ['@azure/functions-core'],
    plugins: [leaveOut],
  });
  const { text } = outputFiles[0] ?? expect.unreachable('nothing was built');
  const module = (await import(`data:text/javascript,${encodeURIComponent(text)}`)) as { readonly does: () => unknown };
  return module.does;
};

it.each([
  ["import { z } from 'zod'; export const does = () => z.toJSONSchema(z.string());", 'makes no JSON Schema'],
  [
    "import { HonoBase } from 'hono/hono-base'; import { TrieRouter } from 'hono/router/trie-router';\n" +
      "const app = new HonoBase({ router: new TrieRouter() }).mount('/a', () => new Response()); app.onError((error) => { throw error; });\n" +
      "export const does = async () => app.fetch(new Request('https://a.example/a/b'));",
    'mounts no other app',
  ],
  [
    "import { HonoRequest } from 'hono/request'; export const does = () => new HonoRequest(new Request('https://a.example')).parseBody();",
    'takes no forms',
  ],
  ["import { serialize } from 'cookie'; export const does = () => serialize('a', 'b');", 'sets no cookies'],
  [
    "export { toMcpToolResult as does } from './node_modules/@azure/functions/src/converters/toMcpToolResult.ts';",
    'has no triggers of the Model Context Protocol',
  ],
  [
    "import { PromptInvocationContext } from './node_modules/@azure/functions/src/mcp/PromptInvocationContext.ts';\nexport const does = () => new PromptInvocationContext({});",
    'has no triggers of the Model Context Protocol',
  ],
])('a packaged function refuses what was left out of it: %s', async (contents, why) => {
  const does = await built(contents);
  await expect((async () => does())()).rejects.toThrow(`a packaged function ${why}`);
});
