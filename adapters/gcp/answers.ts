import { GcpError, type GcpErrorDetails } from './errors.ts';

type Call = Pick<GcpErrorDetails, 'service' | 'operation'>;

/** Of an answer that is no success: what the service says went wrong, from its JSON or XML, or else its status. */
export const errorOfAnswer = (call: Call, { status, headers }: Response, body: string): GcpError => {
  const said = body.trimStart().startsWith('<') ? fromXml(body) : fromJson(body);
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

type Said = { readonly code?: string | undefined; readonly message?: string | undefined; readonly retryAfterMillis?: number | undefined };

type ErrorBody = {
  readonly error?: {
    readonly status?: unknown;
    readonly message?: unknown;
    readonly details?: readonly { readonly '@type'?: string; readonly retryDelay?: string }[];
  };
};

const text = (value: unknown): string | undefined => (typeof value === 'string' && value !== '' ? value : undefined);

/** `{error: {code, message, status, details}}`; a stream's answer is a list of one such. */
const fromJson = (body: string): Said => {
  try {
    const parsed = JSON.parse(body) as ErrorBody | readonly ErrorBody[];
    const { error } = Array.isArray(parsed) ? ((parsed as readonly ErrorBody[])[0] ?? {}) : (parsed as ErrorBody);
    const delay = error?.details?.find((one) => one['@type']?.endsWith('google.rpc.RetryInfo'))?.retryDelay;
    return {
      code: text(error?.status),
      message: text(error?.message),
      retryAfterMillis: delay === undefined ? undefined : secondsIn(delay) * 1000,
    };
  } catch {
    return {};
  }
};

/** A duration as protobuf's JSON writes it: `3.5s`. */
const secondsIn = (duration: string): number => Number.parseFloat(duration) || 0;

const element = (xml: string, name: string): string | undefined => new RegExp(`<${name}>([^<]*)</${name}>`).exec(xml)?.[1];

const fromXml = (body: string): Said => ({ code: element(body, 'Code'), message: element(body, 'Message') });

/** RFC 9110, section 10.2.3: seconds, or a date. */
const retryAfter = (value: string | null): number | undefined => {
  if (value === null) return undefined;
  const millis = /^\d+$/.test(value) ? Number(value) * 1000 : Date.parse(value) - Date.now();
  return Number.isNaN(millis) ? undefined : Math.max(0, millis);
};
