import { retryAfter, type Said, saidInXml, saidText } from '../cloud/error-answers.ts';
import { AzureError, type AzureErrorDetails } from './errors.ts';

type Call = Pick<AzureErrorDetails, 'service' | 'operation'> & { readonly attempts: number };

/** Of an answer that is no success: what the service says went wrong, from its headers, JSON or XML, or else its status. */
export const errorOfAnswer = (call: Call, { status, headers }: Response, body: string): AzureError => {
  const said = body.trimStart().startsWith('<') ? saidInXml(body) : fromJson(body);
  const requestId = headers.get('x-ms-request-id') ?? headers.get('x-ms-activity-id') ?? undefined;
  const substatus = headers.get('x-ms-substatus');
  const retryAfterMillis = wishIn(headers);
  return new AzureError({
    ...call,
    code: headers.get('x-ms-error-code') ?? said.code ?? `Http${status}`,
    status,
    message: (said.message ?? `the service answered ${status}`).slice(0, 2000),
    body,
    headers,
    ...(substatus === null ? {} : { substatus: Number(substatus) }),
    ...(requestId === undefined ? {} : { requestId }),
    ...(retryAfterMillis === undefined ? {} : { retryAfterMillis }),
  });
};

/** Cosmos DB has code and message on top, Event Grid and Key Vault in an `error`. */
const fromJson = (body: string): Said => {
  try {
    const answer = JSON.parse(body) as Record<string, unknown>;
    const { code, message } = (typeof answer.error === 'object' && answer.error !== null ? answer.error : answer) as Record<
      string,
      unknown
    >;
    return { code: saidText(code), message: saidText(message) };
  } catch {
    return {};
  }
};

/** In milliseconds where Azure says so; else RFC 9110, section 10.2.3: seconds, or a date. */
const wishIn = (headers: Headers): number | undefined => {
  const millis = headers.get('x-ms-retry-after-ms') ?? headers.get('retry-after-ms');
  if (millis !== null && Number.isFinite(Number(millis))) return Math.max(0, Number(millis));
  return retryAfter(headers.get('retry-after'));
};
