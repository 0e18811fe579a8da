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

export type SentInit = Omit<RequestInit, 'headers'> & { readonly headers: Headers };
export type Call = { readonly operation: string; readonly url: URL; readonly init: SentInit };

/** How a cloud names its calls and says that they failed. */
export type CloudAnswers = {
  /** Of a call; one that a service has no name for has its method and path. */
  readonly operationOf: (url: URL, init: SentInit) => string;
  readonly isRead: (operation: string) => boolean;
  /** That it is not done now and may be asked for again: a throttle, or another one in its way. */
  readonly refusal: (call: Call) => Response;
  /** That something broke, whatever was done. */
  readonly brokenAnswer: (call: Call) => Response;
  /** Does half of a batch and says so; nothing where it can only be done whole. */
  readonly half?: (call: Call) => Promise<Response> | undefined;
  /** Whether an operation is a batch that can be half done. */
  readonly isDivided?: (operation: string) => boolean;
};

/** `fetch failed` with its cause, as undici throws it where a connection breaks. */
const connectionReset = (): Error =>
  Object.assign(new TypeError('fetch failed'), { cause: Object.assign(new Error('read ECONNRESET'), { code: 'ECONNRESET' }) });

const cutShort = (response: Response): Response => {
  const broken = new ReadableStream({ pull: (controller) => controller.error(connectionReset()) });
  return response.body === null ? response : new Response(broken, response);
};

/** The faults of one run, below what makes attempts: every call that adapters send over `network` is counted and may be the one. */
export const faultsOf = (fault: Fault | undefined, answers: CloudAnswers, network: typeof fetch = fetch) => {
  const operations: string[] = [];
  let resting = false;

  const done = async ({ url, init }: Call): Promise<Response> => {
    const response = await network(url, init);
    // Read to its end: then it was done.
    return new Response([204, 304].includes(response.status) || init.method === 'HEAD' ? null : await response.arrayBuffer(), response);
  };

  /** One process: from its end on, nothing that it tries has an effect, and nobody hears its answer. */
  const process = () => {
    let state: 'up' | 'over' | 'cut off' = 'up';
    const send = async (to: URL | string, sent: RequestInit = {}): Promise<Response> => {
      const url = new URL(to);
      const init: SentInit = { ...sent, headers: new Headers(sent.headers) };
      const call: Call = { operation: answers.operationOf(url, init), url, init };
      if (state === 'over') throw connectionReset();
      if (state === 'cut off') return answers.refusal(call);
      if (resting) return network(url, init);
      operations.push(call.operation);
      if (fault === undefined || operations.length !== fault.at) return network(url, init);
      switch (fault.kind) {
        case 'never arrives':
          throw connectionReset();
        case 'loses its answer':
          await done(call);
          throw connectionReset();
        case 'breaks off in its answer':
          return cutShort(await done(call));
        case 'is refused for now':
          return answers.refusal(call);
        case 'is done and answered 500':
          await done(call);
          return answers.brokenAnswer(call);
        case 'is half done':
          return answers.half?.(call) ?? network(url, init);
        case 'is the first that the process did not make':
          state = 'over';
          throw connectionReset();
        case 'is the last that the process made':
          await done(call);
          state = 'over';
          throw connectionReset();
        case 'is refused, and so are all after it':
          state = 'cut off';
          return answers.refusal(call);
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
export const befalls = ({ isRead, isDivided }: CloudAnswers, kind: FaultKind, operation: string, before: string | undefined): boolean => {
  if (kind === 'is half done') return isDivided?.(operation) ?? false;
  if (!isRead(operation) || kind === 'never arrives') return true;
  return !asNotMade.includes(kind) && (before === undefined || !isRead(before));
};
