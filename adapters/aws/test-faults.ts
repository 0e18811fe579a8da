import { connectionReset } from './test-answers.ts';

/** What happens to one call that adapters make. Each but the last three is over by the next attempt, so that nobody above the adapters may notice. */
export const passingFaults = [
  'never arrives',
  'loses its answer',
  'breaks off in its answer',
  'is refused for now',
  'is done and answered 500',
  'is half done',
] as const;
export const lastingFaults = [
  'is the first that the process did not make',
  'is the last that the process made',
  'is refused, and so are all after it',
] as const;
export type FaultKind = (typeof passingFaults)[number] | (typeof lastingFaults)[number];
export const isPassing = (kind: FaultKind): boolean => (passingFaults as readonly string[]).includes(kind);

/** `at` counts the calls of all processes of a run, from 1. */
export type Fault = { readonly at: number; readonly kind: FaultKind };

type Init = RequestInit & { readonly headers: Headers };
type Call = { readonly operation: string; readonly url: URL; readonly init: Init };

const queryOperations = ['uploads', 'uploadId', 'list-type'];

/** `PutItem`, or of S3 what stands for it: `PUT`, `POST ?uploads`. */
const operationOf = (url: URL, { method = 'GET', headers }: Init): string =>
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

const done = async ({ url, init }: Call): Promise<Response> => {
  const response = await fetch(url, init);
  // Read to its end: then it was done.
  return new Response([204, 304].includes(response.status) || init.method === 'HEAD' ? null : await response.arrayBuffer(), response);
};

const cutShort = (response: Response): Response => {
  const broken = new ReadableStream({ pull: (controller) => controller.error(connectionReset()) });
  return response.body === null ? response : new Response(broken, response);
};

/** The faults of one run, below what makes attempts: every call that adapters send is counted and may be the one. */
export const faultsOf = (fault: Fault | undefined) => {
  const operations: string[] = [];
  let resting = false;
  /** One process: from its end on, nothing that it tries has an effect, and nobody hears its answer. */
  const process = () => {
    let state: 'up' | 'over' | 'cut off' = 'up';
    const send = async (url: URL, init: Init): Promise<Response> => {
      const call: Call = { operation: operationOf(url, init), url, init };
      if (state === 'over') throw connectionReset();
      if (state === 'cut off') return refusal(call);
      if (resting) return fetch(url, init);
      operations.push(call.operation);
      if (fault === undefined || operations.length !== fault.at) return fetch(url, init);
      switch (fault.kind) {
        case 'never arrives':
          throw connectionReset();
        case 'loses its answer':
          await done(call);
          throw connectionReset();
        case 'breaks off in its answer':
          return cutShort(await done(call));
        case 'is refused for now':
          return refusal(call);
        case 'is done and answered 500':
          await done(call);
          return brokenAnswer(call);
        case 'is half done':
          return entriesOf(call).length === 0 ? fetch(url, init) : half(call);
        case 'is the first that the process did not make':
          state = 'over';
          throw connectionReset();
        case 'is the last that the process made':
          await done(call);
          state = 'over';
          throw connectionReset();
        case 'is refused, and so are all after it':
          state = 'cut off';
          return refusal(call);
      }
    };
    return {
      fetch: send as unknown as typeof fetch,
      isOver: () => state === 'over',
      /** What is cut off is so for one call of a function. */
      called: (): void => {
        if (state === 'cut off') state = 'up';
      },
    };
  };
  return {
    process,
    operations: operations as readonly string[],
    /** From here on calls are neither counted nor disturbed. */
    rest: (): void => {
      resting = true;
    },
  };
};

export type Faults = ReturnType<typeof faultsOf>;
export type Process = ReturnType<Faults['process']>;

const reads = /^(?:GetItem|BatchGetItem|Query|GetSecretValue|GET|HEAD)\b/;
const asNotMade: readonly FaultKind[] = [
  'breaks off in its answer',

  'loses its answer',
  'is done and answered 500',
  'is refused for now',
  'is the last that the process made',
];

/**
 * Whether a fault of that kind can befall an operation, and is another one than those before: of a read that was made nothing remains, and what ends
 * before a second read ends as it does before the first.
 */
export const befalls = (kind: FaultKind, operation: string, before = ''): boolean => {
  if (kind === 'is half done') return withFailed[operation] !== undefined;
  if (!reads.test(operation) || kind === 'never arrives') return true;
  return !asNotMade.includes(kind) && !reads.test(before);
};
