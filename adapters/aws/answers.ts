import { retryAfter, type Said, saidInXml, saidText } from '../cloud/error-answers.ts';
import { AwsError, type AwsErrorDetails } from './errors.ts';

type Call = Pick<AwsErrorDetails, 'service' | 'operation'>;

/** Of an answer that is no success: what the service says went wrong, from its JSON or XML, or else its headers and status. */
export const errorOfAnswer = (call: Call, { status, headers }: Response, body: string): AwsError => {
  const said = body.trimStart().startsWith('<') ? saidInXml(body) : fromJson(body);
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

/** `com.amazonaws.dynamodb.v20120810#ResourceNotFoundException`, `ValidationException:http://internal.amazon.com/…`: the name in it. */
const withoutNamespace = (type: string | undefined): string | undefined => type?.split(':')[0]?.split('#').at(-1);

const fromJson = (body: string): Said => {
  try {
    const { __type, code, message, Message } = JSON.parse(body) as Record<string, unknown>;
    return { code: withoutNamespace(saidText(__type) ?? saidText(code)), message: saidText(message) ?? saidText(Message) };
  } catch {
    return {};
  }
};
