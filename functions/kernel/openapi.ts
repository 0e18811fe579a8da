import type { JsonObject } from '../../domain/kernel/json.ts';
import type { ContextDeclaration } from './context.ts';
import { schemaCollector } from './json-schema.ts';
import { headers, parameters, securitySchemes } from './openapi-components.ts';
import { describeOperation } from './openapi-operation.ts';
import { type Operation, operationsOf } from './operations.ts';
import { InferenceError, Problem } from './schemas.ts';
import { platformVersion } from './version.ts';

/**
 * The API of all contexts as an OpenAPI 3.1.1 document (https://spec.openapis.org/oas/v3.1.1). Every operation tells its permission, scope and
 * limits (`x-permission`, `x-scope`, `x-limits` in bytes and seconds) and how it fails. The same declarations make the same document.
 */
export const openApi = (
  contexts: readonly ContextDeclaration[],
  { version = platformVersion }: { readonly version?: string } = {},
): JsonObject => {
  const schemas = schemaCollector('draft-2020-12');
  for (const error of [Problem, InferenceError]) schemas.of(error, 'output');
  const operations = operationsOf(contexts);
  const paths: Record<string, JsonObject> = {};
  for (const operation of operations)
    paths[operation.path] = {
      ...paths[operation.path],
      [operation.method.toLowerCase()]: describeOperation(operation, operations, schemas),
    };
  return {
    openapi: '3.1.1',
    info: information(version),
    servers: [{ url: '/' }],
    tags: tagsOf(contexts, operations),
    security: [{ bearer: [] }],
    paths,
    components: { schemas: schemas.named(), parameters, headers, securitySchemes },
  };
};

const information = (version: string): JsonObject => ({
  title: 'Hybrid AI Platform',
  version,
  description:
    'Errors are RFC 9457 problem details; under /v2, which is the Open Inference Protocol, they are {"error": text}. Lists are ' +
    '{"data": […], "next": cursor or null}. Money and meter values are decimal strings, times are RFC 3339 in UTC.',
  license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
});

const tagsOf = (contexts: readonly ContextDeclaration[], operations: readonly Operation[]): JsonObject[] =>
  contexts
    .filter(({ name }) => operations.some(({ context }) => context.name === name))
    .map(({ name, describes }) => ({ name, description: describes }));
