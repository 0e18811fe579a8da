/** Where the suites run, and which cloud stands behind it. */
export const targets = {
  'the laptop': 'laptop',
  'DynamoDB Local': 'aws',
  ministack: 'aws',
  /** No emulator: what AWS's API reference says that it answers, handed to the adapter in its place. */
  'answers from the API reference': 'aws',
  azurite: 'azure',
  /** The fakes of record of Cosmos DB, Event Grid and Key Vault. */
  'fakes of Azure': 'azure',
  'Firestore emulator': 'gcp',
  'Pub/Sub emulator': 'gcp',
  'fake-gcs-server': 'gcp',
  drongo: 'gcp',
} as const;
export type Target = keyof typeof targets;
export type Cloud = (typeof targets)[Target];

/** Where clouds differ although each keeps the port's contract, as far as the suites ask for it. */
export type Semantics = {
  readonly queue: {
    /** Delays, visibility and back-off are rounded up to this. */
    readonly delayStepSeconds: number;
    /** What a dead letter's `reason` holds. */
    readonly reason: 'the error' | 'where to look for the error';
    /** A policy that asks for fewer attempts gets these. */
    readonly leastAttempts: number;
    /** Whether a batch holds as many messages as its policy says, or one. */
    readonly batches: 'as declared' | 'of one';
  };
  readonly eventBus: {
    /** Whether an event of more than 256 KB is refused whole, goes by reference through the object store, or as any other. */
    readonly largeEvent: 'refused' | 'by reference' | 'whole';
  };
  readonly objectStore: {
    /** Whether a URL that grants GET answers HEAD, too. */
    readonly getGrantAnswersHead: boolean;
    /** Of a part that is put by itself, in bytes. */
    readonly largestPart: number;
  };
};

export const semantics: Record<Cloud, Semantics> = {
  laptop: {
    queue: { delayStepSeconds: 0.001, reason: 'the error', leastAttempts: 1, batches: 'as declared' },
    eventBus: { largeEvent: 'refused' },
    objectStore: { getGrantAnswersHead: true, largestPart: Number.POSITIVE_INFINITY },
  },
  aws: {
    queue: { delayStepSeconds: 1, reason: 'where to look for the error', leastAttempts: 1, batches: 'as declared' },
    eventBus: { largeEvent: 'by reference' },
    objectStore: { getGrantAnswersHead: false, largestPart: 64 * 1024 ** 2 },
  },
  azure: {
    queue: { delayStepSeconds: 1, reason: 'where to look for the error', leastAttempts: 1, batches: 'as declared' },
    eventBus: { largeEvent: 'by reference' },
    objectStore: { getGrantAnswersHead: true, largestPart: 64 * 1024 ** 2 },
  },
  gcp: {
    queue: { delayStepSeconds: 0.001, reason: 'where to look for the error', leastAttempts: 5, batches: 'of one' },
    eventBus: { largeEvent: 'whole' },
    objectStore: { getGrantAnswersHead: false, largestPart: Number.POSITIVE_INFINITY },
  },
};

export const semanticsOf = (target: Target): Semantics => semantics[targets[target]];

/** What an emulator does otherwise than its cloud, by port and test: the test runs and must fail, so that this list cannot outlive its reasons. */
export const unproven: { readonly [target in Target]?: { readonly [port: string]: { readonly [test: string]: string } } } = {
  ministack: {
    ObjectStore: {
      'refuses a copy if-none-match where the target is taken': 'ministack ignores If-None-Match of CopyObject.',
      'refuses a part below 5 MiB that is not the last': 'ministack does not enforce EntityTooSmall.',
      'are refused with any part of the query changed, missing or said twice':
        'ministack checks the signature of a presigned URL, but takes one without X-Amz-Algorithm.',
    },
  },
  'fake-gcs-server': {
    ObjectStore: { 'refuses a copy if-none-match where the target is taken': 'fake-gcs-server ignores ifGenerationMatch of a rewrite.' },
  },
};

/** What no emulator shows: by which test it was answered to the code in the words of the vendor's reference. The report is not made without it. */
export const answeredInstead: readonly { readonly what: string; readonly test: string }[] = [
  { what: 'DynamoDB: another transaction in the way (TransactionConflict)', test: 'as TransactionConflict is waited for' },
  { what: 'DynamoDB: throttling of one write of a transaction', test: 'as ThrottlingError is waited for' },
  { what: 'DynamoDB: a batch get that leaves keys unprocessed', test: 'asks for those again, and only those' },
  {
    what: 'any service: throttling, time-outs, broken connections, 500 and 503',
    test: 'is given up after six attempts, with the error of the last',
  },
  { what: 'any service: expired credentials', test: 'says so once where the credentials have expired' },
  { what: 'SQS: a batch of which some messages are not taken', test: 'is sent again, and only that, after a growing time' },
  { what: 'EventBridge: a batch of which some events are throttled', test: 'is published again after ThrottlingException, and only that' },
  { what: 'EventBridge: an event that it will never take', test: 'fails at once after MalformedDetail' },
  {
    what: 'EventBridge: the dead letter of a rule whose queue does not take an event',
    test: 'keeps what the bus could not put into a queue, and why',
  },
  { what: 'S3: an error in the body of a 200', test: 'is completed again after an error of S3 that came with a 200' },
  {
    what: 'S3: a conditional write beside another one (409)',
    test: 'is tried again where another write was under way (409), and refused where that won',
  },
  { what: 'S3: a copy if-none-match', test: 'names its source, and is refused if-none-match where there is one already' },
  { what: 'S3: parts that are too small', test: 'is an invalid part where S3 says EntityTooSmall' },
  { what: 'Secrets Manager: a role that may not read', test: 'are asked for again after a failure' },
  { what: 'Azure: an identity that is missing', test: 'is missing where the platform gives none: one clear error, and nothing is sent' },
  { what: 'Azure: an identity that a service does not accept', test: 'is renewed once where a service does not accept it' },
  {
    what: 'Azure: throttling, time-outs, broken connections, 449, 500 and 503',
    test: 'again and again is given up on Azure after six attempts, with the error of the last',
  },
  { what: 'Cosmos DB: throttling (429)', test: 'that is throttled is done once, and no conflict with itself' },
  { what: 'Cosmos DB: a write whose answer was lost', test: 'whose answer was lost is done once, and no conflict with itself' },
  { what: 'Cosmos DB: a partition of 20 GB', test: 'that was refused for good says so, and leaves what was there' },
  {
    what: 'Cosmos DB: a physical partition that was divided',
    test: 'of an index go on with the new ranges where one was divided meanwhile',
  },
  {
    what: 'Blob Storage: a copy that takes its time',
    test: 'is waited for where it takes its time, and fails where the service gives it up',
  },
  {
    what: 'Blob Storage: two puts in blocks at once',
    test: 'of much whose blocks another took away fails, and is refused where that shall be',
  },
  { what: 'Queue Storage: a busy queue', test: 'is sent again where the queue is busy, with the same id' },
  { what: 'Event Grid: throttling', test: 'are posted as a batch to the topic, and again where it is throttled' },
  { what: 'Firestore: contention (ABORTED)', test: 'is made again after contention' },
  {
    what: 'Firestore: a commit that is seen after one that began later',
    test: 'do not miss one that began before what was read and is seen after it',
  },
  {
    what: 'Firestore: a write that is refused because of itself',
    test: 'whose answer was lost knows itself when it is refused because of itself',
  },
  { what: 'Cloud Storage: a resumable upload that broke off', test: 'of much goes on from where the service is after a broken connection' },
  { what: 'Cloud Storage: a copy if-none-match', test: 'if-none-match is refused by the generation that there is' },
  { what: 'Cloud Storage: a signature by IAM (signBlob)', test: 'is signed by the service account, whose keys only Google has' },
];
