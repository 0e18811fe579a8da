import type { Clock } from '../../domain/kernel/clock.ts';
import { reasonOf, timeLimit } from '../cloud/attempts.ts';
import { type Backoff, type Retryable, retrying, usualBackoff } from '../cloud/retry.ts';
import { systemClock } from '../system/system-clock.ts';
import { errorOfAnswer } from './answers.ts';
import { type Environment, managedIdentity } from './credentials.ts';
import { AzureError, isAzureError, isTransient } from './errors.ts';
import type { Service } from './services.ts';

export type AzureRequest = {
  /** For errors. */
  readonly operation: string;
  readonly method: string;
  readonly url: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | Uint8Array;
  /** Of one attempt, in milliseconds; 10,000 for a call, 30,000 for a request up to its answer's headers. */
  readonly timeoutMillis?: number;
  /** Of a `call`: throws `AzureError` where an answer is a success and what it tells of is not. That is tried again as any other. */
  readonly check?: (answer: AzureAnswer) => void;
};

/** A successful answer (2xx, or 304) with its body. `attempts`: from the second on, one before may have been done though its answer was lost. */
export type AzureAnswer = { readonly status: number; readonly headers: Headers; readonly body: string; readonly attempts: number };

/** Azure's services as one identity. Every call is tried again where that may help, and throws `AzureError` where it fails for good. */
export type AzureClient = {
  call(service: Service, request: AzureRequest): Promise<AzureAnswer>;
  /** A successful answer whose body nobody has read yet. */
  open(service: Service, request: AzureRequest): Promise<Response>;
  /** What Cosmos DB has charged since this was last asked, in request units (`x-ms-request-charge`), also for what failed. */
  takeRequestUnits(): number;
};

export type AzureClientOptions = {
  /** Holds the identity, see `managedIdentity`. */
  readonly environment: Environment;
  readonly fetch?: typeof fetch;
  readonly backoff?: Backoff;
  readonly clock?: Clock;
};

const callTimeout = 10_000;
const openTimeout = 30_000;

export const azureClient = ({
  environment,
  fetch: send = fetch,
  backoff = usualBackoff,
  clock = systemClock,
}: AzureClientOptions): AzureClient => {
  const tokens = managedIdentity({ environment, clock, fetch: send, backoff });
  let charged = 0;

  /** One attempt, whose answer `read` reads; the time-out is for both. */
  const attempt = async <T>(
    service: Service,
    { operation, method, url, headers, body, timeoutMillis = callTimeout }: AzureRequest,
    attempts: number,
    read: (response: Response) => Promise<T>,
  ): Promise<T> => {
    const names = { service: service.name, operation, attempts };
    const token = await tokens.get(service.audience);
    const { signal, end } = timeLimit(timeoutMillis);
    try {
      const response = await send(url, {
        method,
        headers: { ...service.headers(token), ...headers },
        body: (body ?? null) as BodyInit | null,
        signal,
        // A redirect would be followed with a token for another host.
        redirect: 'manual',
      });
      charged += Number(response.headers.get('x-ms-request-charge') ?? 0);
      if (!response.ok && response.status !== 304) throw errorOfAnswer(names, response, await response.text());
      return await read(response);
    } catch (error) {
      if (error instanceof AzureError) throw error;
      const code = signal.aborted ? 'AttemptTimedOut' : 'NetworkError';
      throw new AzureError({ ...names, code, status: 0, message: reasonOf(error) }, error);
    } finally {
      end();
    }
  };

  /** A token that is not accepted may have been revoked or rotated: one more is tried. */
  const retryable = (service: Service): Retryable => {
    let renewed = false;
    return (error) => {
      // Of the identity's endpoint, which was tried again already.
      if (isAzureError(error) && error.details.service !== service.name) return false;
      if (!isAzureError(error, 401) || renewed) return isTransient(error);
      renewed = true;
      tokens.forget(service.audience);
      return 0;
    };
  };

  return {
    call: (service, request) =>
      retrying(
        (attempts) =>
          attempt(service, request, attempts, async (response) => {
            const { status, headers } = response;
            const answer = { status, headers, body: await response.text(), attempts };
            request.check?.(answer);
            return answer;
          }),
        retryable(service),
        backoff,
      ),
    open: (service, request) =>
      retrying(
        (attempts) => attempt(service, { timeoutMillis: openTimeout, ...request }, attempts, async (response) => response),
        retryable(service),
        backoff,
      ),
    takeRequestUnits() {
      const units = charged;
      charged = 0;
      return units;
    },
  };
};
