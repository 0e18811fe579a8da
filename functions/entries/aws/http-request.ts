import type { APIGatewayProxyEventV2 } from 'aws-lambda';
import { type Failure, failed } from '../../../domain/kernel/failure.ts';
import { carriedBytes, carriedText } from './limits.ts';

const bodiless = new Set(['GET', 'HEAD']);

/** A request of an HTTP API (payload format 2.0) as Fetch has it; a failure where it is larger than a call may be, or none at all. */
export const requestOf = (event: APIGatewayProxyEventV2): Request | Failure<'body-too-large' | 'malformed-request'> => {
  const { requestContext, rawQueryString, isBase64Encoded, body: sent } = event;
  const { method } = requestContext.http;
  const body = sent === undefined ? undefined : Buffer.from(sent, isBase64Encoded ? 'base64' : 'utf8');
  if (body !== undefined && body.length > (isBase64Encoded ? carriedBytes : carriedText)) return tooLarge();
  const query = rawQueryString === '' ? '' : `?${rawQueryString}`;
  try {
    return new Request(`https://${requestContext.domainName}${pathOf(event)}${query}`, {
      method,
      headers: headersOf(event.headers),
      ...(body === undefined || bodiless.has(method) ? {} : { body }),
    });
  } catch (error) {
    return failed('malformed', 'malformed-request', `This is no request that can be answered: ${(error as TypeError).message}`);
  }
};

const tooLarge = () =>
  failed(
    'too-large',
    'body-too-large',
    'A call carries a body of at most 6 MB of text or 4.5 MB of anything else; a larger model is uploaded by the presigned URL that POST /v1/models/{name}/uploads gives.',
  );

/** The path without the stage that stands before it, unless the stage is `$default`. */
export const pathOf = ({ rawPath, requestContext: { stage } }: Pick<APIGatewayProxyEventV2, 'rawPath' | 'requestContext'>): string => {
  const prefix = `/${stage}`;
  const path = rawPath === prefix || rawPath.startsWith(`${prefix}/`) ? rawPath.slice(prefix.length) : rawPath;
  return encoded(path === '' ? '/' : path);
};

// An HTTP API decodes every escape of a path but `%25`. What a URL's path may not hold is escaped again; escapes that are there are left.
const unfit = /%(?![0-9A-Fa-f]{2})|[^A-Za-z0-9\-._~!$&'()*+,;=:@/%]+/gu;
const encoded = (path: string): string =>
  path.replaceAll(unfit, (text) => Buffer.from(text).toString('hex').toUpperCase().replaceAll(/../g, '%$&'));

/** Headers come with their values joined. One that HTTP cannot hold as it is (it came in UTF-8) becomes the bytes that it was. */
const headersOf = (sent: APIGatewayProxyEventV2['headers']): Headers => {
  try {
    return new Headers(sent as Record<string, string>);
  } catch {
    const latin1 = Object.entries(sent).map(([name, value = '']) => [name, Buffer.from(value).toString('latin1')] as [string, string]);
    return new Headers(latin1);
  }
};
