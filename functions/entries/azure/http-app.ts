import type { Documents } from '../../platform/get-openapi.ts';
import type { BoundContext } from '../bound-context.ts';
import { bounded } from '../bounded.ts';
import { cloudApp } from '../cloud-app.ts';
import type { FetchApp } from '../fetch-app.ts';
import type { Azure } from './function-app.ts';
import { carriedBytes, timeoutMillis } from './limits.ts';

/** Answers are streamed, of any size. */
const carries = { isCarried: () => true, atMost: 'nothing' } as const;

/** Answers requests for these contexts; `documents` where the platform's own are among their routes. */
export const httpApp = (bound: readonly BoundContext[], azure: Azure, documents?: Documents): FetchApp => {
  const answer = cloudApp(bound, { ...azure, log: charged(azure) }, { documents, carries, largestAnswerBytes: carriedBytes });
  return bounded(answer, { bodyBytes: carriedBytes, timeoutMillis }, azure.log);
};

/** The line of each request also tells what Cosmos DB charged since the line before, whoever it was for: calls run side by side. */
const charged = ({ log, cloud }: Azure): Azure['log'] => ({
  ...log,
  info: (message, fields) => log.info(message, { ...fields, request_units: cloud.takeRequestUnits() }),
});
