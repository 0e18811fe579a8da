import type { JsonObject } from '../../domain/kernel/json.ts';
import type { ContextDeclaration } from './context.ts';
import { escaped, typeText } from './docs-types.ts';
import { openApi } from './openapi.ts';
import { parameters as headerParameters } from './openapi-components.ts';
import { grantText } from './openapi-operation.ts';
import { type Operation, operationsOf } from './operations.ts';
import { platformVersion } from './version.ts';

const style = `:root{color-scheme:light dark}body{font:16px/1.5 system-ui,sans-serif;max-width:60rem;margin:0 auto;padding:1rem}
code,pre{font:14px/1.4 ui-monospace,monospace}pre{overflow-x:auto;padding:.5rem;background:#8881}h2{margin-top:3rem;border-bottom:1px solid #8886}
h3{margin:2rem 0 0}h3 b{display:inline-block;min-width:4.5rem}table{border-collapse:collapse}td,th{text-align:left;vertical-align:top;padding:.2rem 1rem .2rem 0}td code{white-space:pre-wrap}`;

/** The API of all contexts as one page to read: no scripts, nothing loaded from elsewhere. It tells what the OpenAPI document tells. */
export const docsPage = (
  contexts: readonly ContextDeclaration[],
  { version = platformVersion }: { readonly version?: string } = {},
): string => {
  const document = openApi(contexts, { version }) as unknown as Document;
  const operations = operationsOf(contexts);
  const tags = document.tags.map(({ name }) => name);
  return [
    `<!doctype html><html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>${escaped(document.info.title)}</title><style>${style}</style></head><body>`,
    `<h1>${escaped(document.info.title)} <small>${escaped(version)}</small></h1><p>${escaped(document.info.description)}</p>`,
    `<p>Send <code>Authorization: Bearer</code> and an API key. Machines read <a href="/openapi.json">OpenAPI 3.1</a>.</p>`,
    `<nav>${[...tags, 'schemas'].map((name) => `<a href="#${escaped(name)}">${escaped(name)}</a>`).join(' · ')}</nav>`,
    ...document.tags.flatMap((tag) => section(tag, operations, document)),
    '<h2 id="schemas">Schemas</h2>',
    ...Object.entries(document.components.schemas).map(
      ([name, schema]) => `<h3 id="schema-${escaped(name)}">${escaped(name)}</h3><pre>${typeText(schema)}</pre>`,
    ),
    '</body></html>',
  ].join('\n');
};

type Content = { readonly [media: string]: { readonly schema?: JsonObject } };
type Parameter = {
  readonly name: string;
  readonly in: string;
  readonly required?: boolean;
  readonly description?: string;
  readonly schema: JsonObject;
};
type Described = {
  readonly parameters: readonly (Parameter | { readonly $ref: string })[];
  readonly requestBody?: { readonly content: Content };
  readonly responses: { readonly [status: string]: { readonly description: string; readonly content?: Content } };
};
type Document = {
  readonly info: { readonly title: string; readonly description: string };
  readonly tags: readonly { readonly name: string; readonly description: string }[];
  readonly paths: { readonly [path: string]: { readonly [method: string]: Described } };
  readonly components: { readonly schemas: { readonly [name: string]: JsonObject } };
};

const section = ({ name, description }: Document['tags'][number], operations: readonly Operation[], { paths }: Document): string[] => [
  `<h2 id="${escaped(name)}">${escaped(name)}</h2><p>${escaped(description)}</p>`,
  ...operations
    .filter(({ context }) => context.name === name)
    .map((operation) => article(operation, paths[operation.path]?.[operation.method.toLowerCase()])),
];

const article = ({ id, method, path, route }: Operation, described: Described | undefined): string =>
  [
    `<article id="${escaped(id)}"><h3><b>${method}</b> <code>${escaped(path)}</code></h3><p>${escaped(route.summary)}.</p>`,
    `<p>${escaped(grantText(route)).replaceAll(/`([^`]*)`/g, '<code>$1</code>')} Body up to ${route.limit.body}, ${route.limit.time} at the most.</p>`,
    described === undefined ? '' : table('Parameters', described.parameters.map(parameterRow)),
    ...Object.entries(described?.requestBody?.content ?? {}).map(([media, { schema }]) => shape(`Body, ${media}`, schema)),
    described === undefined ? '' : table('Answers', Object.entries(described.responses).map(answerRow)),
    '</article>',
  ].join('\n');

const table = (title: string, rows: readonly string[]): string =>
  rows.length === 0 ? '' : `<table><caption hidden>${title}</caption>${rows.join('')}</table>`;

const shape = (title: string, schema: JsonObject | undefined): string =>
  schema === undefined ? `<p>${escaped(title)}</p>` : `<p>${escaped(title)}:</p><pre>${typeText(schema)}</pre>`;

const parameterRow = (parameter: Described['parameters'][number]): string => {
  const told = '$ref' in parameter ? (headerParameters[parameter.$ref.split('/').at(-1) ?? ''] as unknown as Parameter) : parameter;
  const where = `${told.in}${told.required ? ', required' : ''}`;
  return `<tr><td><code>${escaped(told.name)}</code></td><td>${where}</td><td>${typeText(told.schema)}</td><td>${escaped(told.description ?? '')}</td></tr>`;
};

const answerRow = ([status, { description, content = {} }]: [string, Described['responses'][string]]): string => {
  const shapes = Object.entries(content).map(
    ([media, { schema }]) => `${escaped(media)}${schema === undefined ? '' : ` ${typeText(schema)}`}`,
  );
  return `<tr><td><b>${escaped(status)}</b></td><td>${escaped(description)}</td><td><code>${shapes.join('<br>')}</code></td></tr>`;
};
