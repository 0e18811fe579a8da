import type { Call, CloudAnswers, SentInit } from '../conformance/faults.ts';

const queryOperations = ['uploads', 'uploadId', 'list-type'];

/** `PutItem`, or of S3 what stands for it: `PUT`, `POST ?uploads`. */
const operationOf = (url: URL, { method = 'GET', headers }: SentInit): string =>
  headers.get('x-amz-target')?.split('.').at(-1) ??
  [method, ...queryOperations.filter((name) => url.searchParams.has(name)).map((name) => `?${name}`)].join(' ');

const isJsonCall = ({ init }: Call): boolean => init.headers.has('x-amz-target');

const json = (status: number, body: object): Response => new Response(JSON.stringify(body), { status });
const xml = (status: number, code: string): Response => new Response(`<Error><Code>${code}</Code><Message>x</Message></Error>`, { status });

/** As the API references have it: a throttle, or for a transaction another one in its way. */
const refusal = (call: Call): Response => {
  if (!isJsonCall(call)) return xml(503, 'SlowDown');
  if (call.operation !== 'TransactWriteItems') return json(400, { __type: 'ThrottlingException', message: 'Rate exceeded' });
  return json(400, { __type: 'TransactionCanceledException', message: 'x', CancellationReasons: [{ Code: 'TransactionConflict' }] });
};

const brokenAnswer = (call: Call): Response =>
  isJsonCall(call) ? json(500, { __type: 'InternalServerError' }) : xml(500, 'InternalError');

type Entries = { readonly Entries: readonly { readonly Id?: string }[] };
type Answered = { readonly Entries?: readonly object[]; readonly FailedEntryCount?: number; readonly Failed?: readonly object[] };

/** How an answer tells of entries that failed (PutEvents, SendMessageBatch). */
const withFailed: { readonly [operation: string]: (answer: Answered, failed: Entries['Entries']) => Answered } = {
  PutEvents: ({ Entries = [] }, failed) => ({
    FailedEntryCount: failed.length,
    Entries: [...Entries, ...failed.map(() => ({ ErrorCode: 'ThrottlingException', ErrorMessage: 'Rate exceeded' }))],
  }),
  SendMessageBatch: (answer, failed) => ({
    ...answer,
    Failed: failed.map(({ Id }) => ({ Id, Code: 'ServiceUnavailable', SenderFault: false })),
  }),
};

const entriesOf = ({ operation, init }: Call): Entries['Entries'] =>
  withFailed[operation] === undefined ? [] : (JSON.parse(String(init.body)) as Entries).Entries;

/** Does the first half of a batch (nothing of a single entry) and says of the rest that it failed. */
const half = async (call: Call): Promise<Response> => {
  const entries = entriesOf(call);
  const done = entries.slice(0, Math.floor(entries.length / 2));
  const body = JSON.stringify({ ...(JSON.parse(String(call.init.body)) as object), Entries: done });
  // The signature is of the whole; an emulator does not look at it.
  const answer = done.length === 0 ? {} : ((await (await fetch(call.url, { ...call.init, body })).json()) as Answered);
  return json(200, (withFailed[call.operation] as (typeof withFailed)[string])(answer, entries.slice(done.length)));
};

const reads = /^(?:GetItem|BatchGetItem|Query|GetSecretValue|GET|HEAD)\b/;

export const awsAnswers: CloudAnswers = {
  operationOf,
  isRead: (operation) => reads.test(operation),
  refusal,
  brokenAnswer,
  half: (call) => (entriesOf(call).length === 0 ? undefined : half(call)),
  isDivided: (operation) => withFailed[operation] !== undefined,
};
