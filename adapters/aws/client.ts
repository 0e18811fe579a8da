import { createHash } from 'node:crypto';
import { AwsV4Signer } from 'aws4fetch';
import { failed, Rejected } from '../../domain/kernel/failure.ts';
import { type CloudErrors, reasonOf, retryingUnheard, timeLimit } from '../cloud/attempts.ts';
import { type Backoff, type Retryable, usualBackoff } from '../cloud/retry.ts';
import { errorOfAnswer } from './answers.ts';
import { type Credentials, credentialsOf, type Environment } from './credentials.ts';
import { AwsError, isTransient } from './errors.ts';
import { endpointOf, type JsonService, type Service } from './services.ts';

export type CallOptions = {
  /** Of one attempt, in milliseconds; 5,000 for a call, 30,000 for a request up to its answer's headers. */
  readonly timeoutMillis?: number;
};

export type JsonCallOptions = CallOptions & {
  /** Which errors may go by themselves; `isTransient` unless told. */
  readonly retryable?: Retryable;
};

/** A request to a service whose operations are paths. */
export type RestRequest = CallOptions & {
  /** For errors. */
  readonly operation: string;
  readonly method: string;
  /** From the slash on, with its query; percent-encoded as RFC 3986 has it, so also `+` and what `encodeURIComponent` leaves of `!'()*`. */
  readonly path: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** A stream is sent once: a request that has one is not tried again. */
  readonly body?: string | Uint8Array | ReadableStream<Uint8Array>;
};

export type PresignedRequest = Pick<RestRequest, 'method' | 'path' | 'headers'> & { readonly expiresInSeconds: number };

/** The services of one region, as one role. Every call is tried again where that may help, and throws `AwsError` where it fails for good. */
export type AwsClient = {
  readonly region: string;
  /** An operation of a JSON service: its output. */
  call<Output>(service: JsonService, operation: string, input: object, options?: JsonCallOptions): Promise<Output>;
  /** A successful answer (2xx) whose body nobody has read yet. */
  request(service: Service, request: RestRequest): Promise<Response>;
  /** A URL with which anyone may make this request until it expires. All the headers given are signed, so they have to be sent. */
  presign(service: Service, request: PresignedRequest): Promise<string>;
};

export type AwsClientOptions = {
  /** Holds `AWS_REGION`, the credentials and, for an emulator, `AWS_ENDPOINT_URL`. Throws `Rejected` `cloud-region` where there is no region. */
  readonly environment: Environment;
  readonly fetch?: typeof fetch;
  readonly backoff?: Backoff;
};

const callTimeout = 5_000;
const requestTimeout = 30_000;

type Attempt = {
  readonly service: Service;
  readonly operation: string;
  readonly url: string;
  readonly method: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string | Uint8Array | ReadableStream<Uint8Array> | undefined;
  readonly timeoutMillis: number;
};

/** A client that makes its own attempts: of aws4fetch it takes the signature only. */
export const awsClient = ({ environment, fetch: send = fetch, backoff = usualBackoff }: AwsClientOptions): AwsClient => {
  const region = regionOf(environment);
  const endpoint = (service: Service): string => endpointOf(service, region, environment.AWS_ENDPOINT_URL);
  // Signing keys hold for a day; they are derived once.
  const cache = new Map<string, ArrayBuffer>();
  let known: Credentials | undefined;
  const signing = (service: Service) => {
    known ??= credentialsOf(environment);
    return { ...known, region, service: service.signedAs, cache };
  };

  /** One attempt, whose answer `read` reads; the time-out is for both. */
  const attempt = async <T>(call: Attempt, read: (response: Response) => Promise<T>): Promise<T> => {
    const { service, operation, url, method, headers, body } = call;
    const signed = await new AwsV4Signer({ ...signing(service), url, method, headers, ...(body && { body: body as BodyInit }) }).sign();
    const names = { service: service.name, operation };
    const { signal, end } = timeLimit(call.timeoutMillis);
    try {
      const streamed = body instanceof ReadableStream ? { duplex: 'half' as const } : {};
      // A redirect would be followed with a signature for another host.
      const response = await send(signed.url, { ...signed, ...streamed, body: signed.body ?? null, signal, redirect: 'manual' });
      if (!response.ok) throw errorOfAnswer(names, response, await response.text());
      return await read(response);
    } catch (error) {
      if (error instanceof AwsError) throw error;
      const code = signal.aborted ? 'AttemptTimedOut' : 'NetworkError';
      throw new AwsError({ ...names, code, status: 0, message: reasonOf(error) }, error);
    } finally {
      end();
    }
  };

  return {
    region,
    call<Output>(service: JsonService, operation: string, input: object, options: JsonCallOptions = {}) {
      const { timeoutMillis = callTimeout, retryable = isTransient } = options;
      const body = JSON.stringify(input);
      const call = {
        service,
        operation,
        url: `${endpoint(service)}/`,
        method: 'POST',
        headers: {
          'content-type': `application/x-amz-json-${service.json}`,
          'x-amz-target': `${service.target}.${operation}`,
          // The signer would hash in a thread of its own, which costs more than it saves.
          'x-amz-content-sha256': createHash('sha256').update(body).digest('hex'),
        },
        body,
        timeoutMillis,
      };
      return retryingUnheard(() => attempt(call, async (response) => outputOf<Output>(await response.text())), errors, retryable, backoff);
    },
    request(service, { operation, method, path, headers = {}, body, timeoutMillis = requestTimeout }) {
      const call = { service, operation, url: `${endpoint(service)}${path}`, method, headers, body, timeoutMillis };
      const once = body instanceof ReadableStream;
      return retryingUnheard(() => attempt(call, async (response) => response), errors, once ? () => false : isTransient, backoff);
    },
    async presign(service, { method, path, headers = {}, expiresInSeconds }) {
      const url = new URL(`${endpoint(service)}${path}`);
      url.searchParams.set('X-Amz-Expires', String(expiresInSeconds));
      const query = { url: url.toString(), method, headers, signQuery: true, allHeaders: true };
      const signed = await new AwsV4Signer({ ...signing(service), ...query }).sign();
      return signed.url.toString();
    },
  };
};

/** As the client's attempts tell of them. */
const errors: CloudErrors<AwsError> = {
  isOne: (error) => error instanceof AwsError,
  afterUnheard: ({ details, cause }) => new AwsError({ ...details, mayBeDone: true }, cause),
};

const regionOf = ({ AWS_REGION }: Environment): string => {
  if (AWS_REGION) return AWS_REGION;
  throw new Rejected(failed('unavailable', 'cloud-region', 'The platform does not know its region: AWS_REGION is not set.'));
};

/** An operation without an output may answer with no body at all (SQS does). */
const outputOf = <Output>(body: string): Output => (body === '' ? {} : JSON.parse(body)) as Output;
