import type { Documents } from '../../platform/get-openapi.ts';
import type { BoundContext } from '../bound-context.ts';
import { bounded } from '../bounded.ts';
import { cloudApp } from '../cloud-app.ts';
import type { FetchApp } from '../fetch-app.ts';
import { carriedBytes } from './limits.ts';
import type { Google } from './push-function.ts';

/** What a call carries of a model's answer. */
const carries = { isCarried: ({ length }: Uint8Array) => length <= carriedBytes, atMost: '32 MiB' } as const;

/** Until a function answers for itself; its service ends a request a second later. */
const timeoutMillis = 28_000;

/** Answers requests for these contexts; `documents` where the platform's own are among their routes. */
export const httpFunction = (bound: readonly BoundContext[], google: Google, documents?: Documents): FetchApp => {
  const app = cloudApp(bound, google, { documents, carries, largestAnswerBytes: carriedBytes });
  const answer: FetchApp = async (request) => inChunks(await app(request));
  return bounded(answer, { bodyBytes: carriedBytes, timeoutMillis }, google.log);
};

/** A large answer goes in chunks, of which there may be any number; with its length it would be refused. */
const inChunks = (response: Response): Response => {
  if (Number(response.headers.get('content-length') ?? 0) > carriedBytes) response.headers.delete('content-length');
  return response;
};
