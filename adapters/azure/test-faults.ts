import type { Call, CloudAnswers, SentInit } from '../conformance/faults.ts';

type Kind = 'identity' | 'cosmos' | 'events' | 'secrets' | 'storage';

const kindOf = ({ pathname }: URL): Kind => {
  if (pathname === '/msi/token') return 'identity';
  if (pathname.startsWith('/dbs/')) return 'cosmos';
  if (pathname === '/api/events') return 'events';
  return pathname.startsWith('/secrets/') ? 'secrets' : 'storage';
};

/** By what headers say it is. */
const cosmosOperation = ({ pathname }: URL, { method = 'GET', headers }: SentInit): string => {
  if (headers.has('x-ms-cosmos-is-batch-request')) return 'cosmos batch';
  if (headers.has('a-im')) return 'cosmos changes';
  if (headers.has('x-ms-documentdb-isquery')) return 'cosmos query';
  return pathname.endsWith('/pkranges') ? 'cosmos ranges' : `cosmos ${method}`;
};

const operationOf = (url: URL, init: SentInit): string => {
  const { method = 'GET' } = init;
  const kind = kindOf(url);
  if (kind === 'cosmos') return cosmosOperation(url, init);
  return kind === 'storage' ? `storage ${method} ${url.searchParams.get('comp') ?? ''}`.trim() : `${kind} ${method}`;
};

const reads = /^(?:cosmos (?:GET|query|changes|ranges)|(?:identity|secrets|storage) (?:GET|HEAD))\b/;

const json = (status: number, body: object, headers: Record<string, string> = {}): Response =>
  new Response(JSON.stringify(body), { status, headers: { 'content-type': 'application/json', ...headers } });

const xml = ({ init }: Call, status: number, code: string): Response =>
  new Response(init.method === 'HEAD' ? null : `<?xml version="1.0"?><Error><Code>${code}</Code><Message>x</Message></Error>`, {
    status,
    headers: { 'x-ms-error-code': code },
  });

const throttled = () =>
  json(429, { code: '429', message: 'Request rate is large.' }, { 'x-ms-substatus': '3200', 'x-ms-retry-after-ms': '5' });
/** Another one writes the same item. */
const retryWith = () =>
  json(449, { code: '449', message: 'Conflicting request to resource has been attempted. Retry to avoid conflicts.' });

const refusals: { readonly [kind in Kind]: (call: Call) => Response } = {
  identity: () => json(429, { error: 'too_many_requests' }),
  cosmos: ({ operation }) => (/(?:POST|PUT|DELETE)$/.test(operation) ? retryWith() : throttled()),
  events: () => json(503, { error: { code: 'ServiceUnavailable', message: 'The service is unavailable.' } }),
  secrets: () => json(429, { error: { code: 'Throttled', message: 'Request was not processed because too many were received.' } }),
  storage: (call) => xml(call, 503, 'ServerBusy'),
};

/** As the services' references have their errors. */
export const azureAnswers: CloudAnswers = {
  operationOf,
  isRead: (operation) => reads.test(operation),
  refusal: (call) => refusals[kindOf(call.url)](call),
  brokenAnswer: (call) =>
    kindOf(call.url) === 'storage'
      ? xml(call, 500, 'InternalError')
      : json(500, { error: { code: 'InternalServerError', message: 'Internal server error.' } }),
};
