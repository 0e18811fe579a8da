import { type CloudErrors, reasonOf, retryingUnheard, timeLimit } from '../cloud/attempts.ts';
import { type Backoff, type Retryable, usualBackoff } from '../cloud/retry.ts';
import { errorOfAnswer } from './answers.ts';
import { type Environment, type Identity, metadataIdentity } from './credentials.ts';
import { GcpError, hasStatus, isGcpError, isTransient } from './errors.ts';
import { endpointOf, isOpenHere, type Service } from './services.ts';

export type Body = string | Uint8Array | ReadableStream<Uint8Array>;

/** A request to a service. */
export type GcpRequest = {
  /** For errors. */
  readonly operation: string;
  readonly method: string;
  /** From the slash on, with its query, percent-encoded; or a whole URL that the service gave. */
  readonly path: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** A stream is sent once: a request that has one is not tried again. */
  readonly body?: Body;
  /** Of one attempt, in milliseconds; 10,000 for a call, 30,000 for a request up to its answer's headers. */
  readonly timeoutMillis?: number;
  /** Which errors may go by themselves; `isTransient` unless told. */
  readonly retryable?: Retryable;
  /** Statuses beside 2xx that are an answer too. */
  readonly accepts?: readonly number[];
};

export type CallRequest = Omit<GcpRequest, 'method' | 'body' | 'headers' | 'accepts'> & {
  /** POST unless told. */
  readonly method?: string;
  readonly json?: unknown;
};

/** Google's services, as one service account. Every call is tried again where that may help, and throws `GcpError` where it fails for good. */
export type GcpClient = {
  readonly environment: Environment;
  readonly identity: Identity;
  readonly backoff: Backoff;
  /** An operation that takes and answers JSON: its output. */
  call<Output>(service: Service, request: CallRequest): Promise<Output>;
  /** A successful answer whose body nobody has read yet. */
  request(service: Service, request: GcpRequest): Promise<Response>;
  /** The same with its body read: one that breaks off counts as none, and is asked for again. */
  whole(service: Service, request: GcpRequest): Promise<Response>;
};

export type GcpClientOptions = {
  readonly environment: Environment;
  readonly fetch?: typeof fetch;
  readonly backoff?: Backoff;
  readonly identity?: Identity;
};

const callTimeout = 10_000;
const requestTimeout = 30_000;

export const gcpClient = (options: GcpClientOptions): GcpClient => {
  const { environment, fetch: send = fetch, backoff = usualBackoff } = options;
  const identity = options.identity ?? metadataIdentity({ environment, fetch: send, backoff });

  /** One attempt, whose answer `read` reads; the time-out is for both. */
  const attempt = async <T>(service: Service, request: GcpRequest, read: (response: Response) => Promise<T>): Promise<T> => {
    const { operation, method, path, body, headers = {}, accepts = [] } = request;
    const names = { service: service.name, operation };
    const token = isOpenHere(service, environment) ? undefined : await identity.accessToken();
    const url = path.startsWith('/') ? `${endpointOf(service, environment)}${path}` : path;
    const { signal, end } = timeLimit(request.timeoutMillis ?? requestTimeout);
    try {
      const streamed = body instanceof ReadableStream ? { duplex: 'half' as const } : {};
      const authorization = token === undefined ? {} : { authorization: `Bearer ${token}` };
      const all = { method, headers: { ...headers, ...authorization }, signal, redirect: 'manual' as const, ...streamed };
      const response = await send(url, { ...all, body: (body ?? null) as BodyInit | null });
      if (!response.ok && !accepts.includes(response.status)) {
        if (response.status === 401 && token !== undefined) identity.forget(token);
        throw errorOfAnswer(names, response, await response.text());
      }
      return await read(response);
    } catch (error) {
      if (error instanceof GcpError) throw error;
      const code = signal.aborted ? 'AttemptTimedOut' : 'NetworkError';
      throw new GcpError({ ...names, code, status: 0, message: reasonOf(error) }, error);
    } finally {
      end();
    }
  };

  const trying = <T>(once: () => Promise<T>, retryable: Retryable): Promise<T> =>
    retryingUnheard(once, errors, renewingOnce(retryable), backoff);
  const open = <T>(service: Service, request: GcpRequest, read: (response: Response) => Promise<T>): Promise<T> => {
    const once = () => attempt(service, request, read);
    if (request.body instanceof ReadableStream) return retryingUnheard(once, errors, () => false, backoff);
    return trying(once, request.retryable ?? isTransient);
  };

  return {
    environment,
    identity,
    backoff,
    call<Output>(service: Service, { json, method = 'POST', timeoutMillis = callTimeout, ...rest }: CallRequest) {
      const body = json === undefined ? {} : { body: JSON.stringify(json), headers: { 'content-type': 'application/json' } };
      const request = { ...rest, method, timeoutMillis, ...body };
      const read = async (response: Response) => outputOf<Output>(await response.text());
      return trying(() => attempt(service, request, read), rest.retryable ?? isTransient);
    },
    request: (service, request) => open(service, request, async (response) => response),
    whole: (service, request) =>
      open(service, request, async (response) => new Response(response.status === 204 ? null : await response.arrayBuffer(), response)),
  };
};

/** As the client's attempts tell of them. */
const errors: CloudErrors<GcpError> = {
  isOne: (error) => error instanceof GcpError,
  afterUnheard: ({ details, cause }) => new GcpError({ ...details, mayBeDone: true }, cause),
};

/** A token that was not accepted is forgotten by then: one more is tried. */
const renewingOnce = (retryable: Retryable): Retryable => {
  let renewed = false;
  return (error) => {
    // The identity's own server was tried again already.
    if (isGcpError(error) && error.details.service === 'Metadata') return false;
    if (renewed || !hasStatus(error, 401)) return retryable(error);
    renewed = true;
    return 0;
  };
};

const outputOf = <Output>(body: string): Output => (body === '' ? {} : JSON.parse(body)) as Output;
