import type { Call, CloudAnswers, SentInit } from '../conformance/faults.ts';

/** `commit` of `…/documents:commit`; of what has no verb in its path, the method and what its query names. */
const operationOf = ({ pathname, searchParams }: URL, { method = 'GET' }: SentInit): string => {
  const verb = /:(\w+)$/.exec(pathname)?.[1];
  if (verb !== undefined && method === 'POST') return verb;
  if (pathname.startsWith('/computeMetadata')) return 'GET metadata';
  if (verb !== undefined) return `${method} ${verb}`;
  const asks = ['uploadType', 'uploads', 'uploadId', 'upload_id'].filter((name) => searchParams.has(name)).map((name) => `?${name}`);
  return [method, ...asks].join(' ');
};

const reads = /^(?:batchGet|runQuery|GET|HEAD)\b/;

/** As Google's APIs write errors (https://cloud.google.com/apis/design/errors); that of a stream is in a list. */
const answer = ({ operation }: Call, status: number, code: string, message: string): Response => {
  const error = { error: { code: status, message, status: code } };
  return new Response(JSON.stringify(['batchGet', 'runQuery'].includes(operation) ? [error] : error), {
    status,
    headers: { 'content-type': 'application/json; charset=UTF-8' },
  });
};

export const gcpAnswers: CloudAnswers = {
  operationOf,
  isRead: (operation) => reads.test(operation),
  /** Who commits may meet another one's transaction; all else is not available for the moment. */
  refusal: (call) =>
    call.operation === 'commit'
      ? answer(call, 409, 'ABORTED', 'Too much contention on these documents. Please try again.')
      : answer(call, 503, 'UNAVAILABLE', 'The service is currently unavailable.'),
  brokenAnswer: (call) => answer(call, 500, 'INTERNAL', 'Internal error encountered.'),
};
