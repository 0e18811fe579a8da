import { type Said as ErrorSaid, retryAfter, saidInXml, saidText } from '../cloud/error-answers.ts';
import { GcpError, type GcpErrorDetails } from './errors.ts';

type Call = Pick<GcpErrorDetails, 'service' | 'operation'>;

/** Of an answer that is no success: what the service says went wrong, from its JSON or XML, or else its status. */
export const errorOfAnswer = (call: Call, { status, headers }: Response, body: string): GcpError => {
  const said: Said = body.trimStart().startsWith('<') ? saidInXml(body) : fromJson(body);
  const retryAfterMillis = retryAfter(headers.get('retry-after')) ?? said.retryAfterMillis;
  return new GcpError({
    ...call,
    code: said.code ?? `Http${status}`,
    status,
    message: said.message ?? `the service answered ${status}`,
    body,
    ...(retryAfterMillis === undefined ? {} : { retryAfterMillis }),
  });
};

type Said = ErrorSaid & { readonly retryAfterMillis?: number | undefined };

type ErrorBody = {
  readonly error?: {
    readonly status?: unknown;
    readonly message?: unknown;
    readonly details?: readonly { readonly '@type'?: string; readonly retryDelay?: string }[];
  };
};

/** `{error: {code, message, status, details}}`; a stream's answer is a list of one such. */
const fromJson = (body: string): Said => {
  try {
    const parsed = JSON.parse(body) as ErrorBody | readonly ErrorBody[];
    const { error } = Array.isArray(parsed) ? ((parsed as readonly ErrorBody[])[0] ?? {}) : (parsed as ErrorBody);
    const delay = error?.details?.find((one) => one['@type']?.endsWith('google.rpc.RetryInfo'))?.retryDelay;
    return {
      code: saidText(error?.status),
      message: saidText(error?.message),
      retryAfterMillis: delay === undefined ? undefined : secondsIn(delay) * 1000,
    };
  } catch {
    return {};
  }
};

/** A duration as protobuf's JSON writes it: `3.5s`. */
const secondsIn = (duration: string): number => Number.parseFloat(duration) || 0;
