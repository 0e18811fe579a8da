import { AzureError, type AzureErrorDetails } from './errors.ts';

type Call = Pick<AzureErrorDetails, 'service' | 'operation'> & { readonly attempts: number };

/** Of an answer that is no success: what the service says went wrong, from its headers, JSON or XML, or else its status. */
export const errorOfAnswer = (call: Call, { status, headers }: Response, body: string): AzureError => {
  const said = body.trimStart().startsWith('<') ? fromXml(body) : fromJson(body);
  const requestId = headers.get('x-ms-request-id') ?? headers.get('x-ms-activity-id') ?? undefined;
  const substatus = headers.get('x-ms-substatus');
  const retryAfterMillis = retryAfter(headers);
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

type Said = { readonly code?: string | undefined; readonly message?: string | undefined };

const text = (value: unknown): string | undefined => (typeof value === 'string' && value !== '' ? value : undefined);

/** Cosmos DB has code and message on top, Event Grid and Key Vault in an `error`. */
const fromJson = (body: string): Said => {
  try {
    const answer = JSON.parse(body) as Record<string, unknown>;
    const { code, message } = (typeof answer.error === 'object' && answer.error !== null ? answer.error : answer) as Record<
      string,
      unknown
    >;
    return { code: text(code), message: text(message) };
  } catch {
    return {};
  }
};

const element = (xml: string, name: string): string | undefined => new RegExp(`<${name}>([^<]*)</${name}>`).exec(xml)?.[1];

const fromXml = (body: string): Said => ({ code: element(body, 'Code'), message: element(body, 'Message') });

/** In milliseconds where Azure says so; else RFC 9110, section 10.2.3: seconds, or a date. */
const retryAfter = (headers: Headers): number | undefined => {
  const millis = headers.get('x-ms-retry-after-ms') ?? headers.get('retry-after-ms');
  if (millis !== null && Number.isFinite(Number(millis))) return Math.max(0, Number(millis));
  const value = headers.get('retry-after');
  if (value === null) return undefined;
  const wish = /^\d+$/.test(value) ? Number(value) * 1000 : Date.parse(value) - Date.now();
  return Number.isNaN(wish) ? undefined : Math.max(0, wish);
};
