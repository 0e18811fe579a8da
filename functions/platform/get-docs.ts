import type { Answer } from '../kernel/handler.ts';
import type { Documents } from './get-openapi.ts';

export const getDocs = async (_request: unknown, { documents }: { readonly documents: Documents }): Promise<Answer> => ({
  status: 200,
  stream: new TextEncoder().encode(documents.html()),
  headers: { 'content-type': 'text/html; charset=utf-8', 'content-security-policy': "default-src 'none'; style-src 'unsafe-inline'" },
});
