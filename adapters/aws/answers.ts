import { AwsError, type AwsErrorDetails } from './errors.ts';

type Call = Pick<AwsErrorDetails, 'service' | 'operation'>;

/** Of an answer that is no success: what the service says went wrong, from its JSON or XML, or else its headers and status. */
export const errorOfAnswer = (call: Call, { status, headers }: Response, body: string): AwsError => {
  const said = body.trimStart().startsWith('<') ? fromXml(body) : fromJson(body);
  const code = said.code ?? withoutNamespace(headers.get('x-amzn-errortype') ?? undefined) ?? `Http${status}`;
  const requestId = headers.get('x-amzn-requestid') ?? headers.get('x-amz-request-id') ?? undefined;
  const retryAfterMillis = retryAfter(headers.get('retry-after'));
  return new AwsError({
    ...call,
    code,
    status,
    message: said.message ?? `the service answered ${status}`,
    body,
    ...(requestId === undefined ? {} : { requestId }),
    ...(retryAfterMillis === undefined ? {} : { retryAfterMillis }),
  });
};

type Said = { readonly code?: string | undefined; readonly message?: string | undefined };

/** `com.amazonaws.dynamodb.v20120810#ResourceNotFoundException`, `ValidationException:http://internal.amazon.com/…`: the name in it. */
const withoutNamespace = (type: string | undefined): string | undefined => type?.split(':')[0]?.split('#').at(-1);

const text = (value: unknown): string | undefined => (typeof value === 'string' && value !== '' ? value : undefined);

const fromJson = (body: string): Said => {
  try {
    const { __type, code, message, Message } = JSON.parse(body) as Record<string, unknown>;
    return { code: withoutNamespace(text(__type) ?? text(code)), message: text(message) ?? text(Message) };
  } catch {
    return {};
  }
};

const element = (xml: string, name: string): string | undefined => new RegExp(`<${name}>([^<]*)</${name}>`).exec(xml)?.[1];

const fromXml = (body: string): Said => ({ code: element(body, 'Code'), message: element(body, 'Message') });

/** RFC 9110, section 10.2.3: seconds, or a date. */
const retryAfter = (value: string | null): number | undefined => {
  if (value === null) return undefined;
  const millis = /^\d+$/.test(value) ? Number(value) * 1000 : Date.parse(value) - Date.now();
  return Number.isNaN(millis) ? undefined : Math.max(0, millis);
};
