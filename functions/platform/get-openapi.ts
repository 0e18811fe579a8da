import type { Answer } from '../kernel/handler.ts';

/** The documents that the declarations of all contexts make, rendered once and only when somebody asks. */
export type Documents = { readonly openapi: () => string; readonly html: () => string };

export const getOpenapi = async (_request: unknown, { documents }: { readonly documents: Documents }): Promise<Answer> => ({
  status: 200,
  stream: new TextEncoder().encode(documents.openapi()),
  headers: { 'content-type': 'application/json' },
});
