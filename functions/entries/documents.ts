import { readFileSync } from 'node:fs';
import type { ContextDeclaration } from '../kernel/context.ts';
import { docsPage } from '../kernel/docs-page.ts';
import { openApi } from '../kernel/openapi.ts';
import type { Documents } from '../platform/get-openapi.ts';

/** The documents of these contexts, made when they are asked for. */
export const documentsOf = (contexts: readonly ContextDeclaration[]): Documents => ({
  openapi: () => JSON.stringify(openApi(contexts)),
  html: () => docsPage(contexts),
});

/** The names that the documents have beside a packaged function, which then need not hold what makes them. */
export const documentFiles = { openapi: 'openapi.json', html: 'docs.html' } as const;

/** Documents that were made when a function was packaged, in the folder of this module. */
export const packagedDocuments = (module: string): Documents => {
  const read = (name: string) => () => readFileSync(new URL(name, module), 'utf8');
  return { openapi: read(documentFiles.openapi), html: read(documentFiles.html) };
};
