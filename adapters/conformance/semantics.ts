/** Where the suites run, and which cloud an emulator stands for. */
export const targets = {
  'the laptop': 'laptop',
  'DynamoDB Local': 'aws',
  ministack: 'aws',
  /** No emulator: what AWS's API reference says that it answers, handed to the adapter in its place. */
  'answers from the API reference': 'aws',
} as const;
export type Target = keyof typeof targets;
export type Cloud = (typeof targets)[Target];

/** Where clouds differ although each keeps the port's contract. The suites ask for these values; `docs/parity.md` prints them. */
export type Semantics = {
  readonly queue: {
    /** Delays, visibility and back-off are rounded up to this. */
    readonly delayStepSeconds: number;
    /** What a dead letter's `reason` holds. */
    readonly reason: 'the error' | 'where to look for the error';
  };
  readonly eventBus: {
    /** Whether an event of more than 256 KB is refused whole, or goes by reference through the object store. */
    readonly largeEvent: 'refused' | 'by reference';
  };
  readonly objectStore: {
    /** Whether a URL that grants GET answers HEAD, too. */
    readonly getGrantAnswersHead: boolean;
    /** Of a part that is put by itself, in bytes. */
    readonly largestPart: number;
    readonly largestCopy: number;
  };
};

export const semantics: Record<Cloud, Semantics> = {
  laptop: {
    queue: { delayStepSeconds: 0.001, reason: 'the error' },
    eventBus: { largeEvent: 'refused' },
    objectStore: { getGrantAnswersHead: true, largestPart: Number.POSITIVE_INFINITY, largestCopy: Number.POSITIVE_INFINITY },
  },
  aws: {
    queue: { delayStepSeconds: 1, reason: 'where to look for the error' },
    eventBus: { largeEvent: 'by reference' },
    objectStore: { getGrantAnswersHead: false, largestPart: 64 * 1024 ** 2, largestCopy: 5 * 1024 ** 3 },
  },
};

export const semanticsOf = (target: Target): Semantics => semantics[targets[target]];

/** What an emulator does otherwise than its cloud, by port and test: the test runs and must fail, so that this list cannot outlive its reasons. */
export const unproven: { readonly [target in Target]?: { readonly [port: string]: { readonly [test: string]: string } } } = {
  ministack: {
    ObjectStore: {
      'refuses a copy if-none-match where the target is taken': 'ministack ignores If-None-Match of CopyObject',
      'refuses a part below 5 MiB that is not the last': 'ministack does not enforce EntityTooSmall',
      'are refused with any part of the query changed, missing or said twice':
        'ministack without AUTH checks the signature of a presigned URL, but takes it without X-Amz-Algorithm',
    },
  },
};
