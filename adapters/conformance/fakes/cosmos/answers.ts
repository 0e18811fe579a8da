import { randomUUID } from 'node:crypto';
import { type FakeAnswer, type FakeRequest, json, Refusal } from '../server.ts';

type Refused = {
  readonly status: number;
  readonly code: string;
  readonly message: string;
  /** Tells apart what has the same status. */
  readonly substatus?: number;
  readonly headers?: Readonly<Record<string, string>>;
  /** Beside code and message. */
  readonly also?: Readonly<Record<string, string>>;
};

/** An error as the service writes it: the reason is JSON within the text of the message. */
const errorAnswer = ({ status, code, message, substatus, headers, also }: Refused): FakeAnswer => {
  const activity = randomUUID();
  const text = `Message: ${JSON.stringify({ Errors: [message] })}\r\nActivityId: ${activity}, Microsoft.Azure.Documents.Common/2.14.0`;
  return {
    status,
    headers: {
      'content-type': 'application/json',
      'x-ms-activity-id': activity,
      'x-ms-request-charge': '1',
      ...(substatus === undefined ? {} : { 'x-ms-substatus': String(substatus) }),
      ...headers,
    },
    body: JSON.stringify({ code, message: text, ...also }),
  };
};

export const refused = (error: Refused): Refusal => new Refusal(errorAnswer(error));
export const badRequest = (message: string, substatus?: number): Refusal =>
  refused({ status: 400, code: 'BadRequest', message, ...(substatus === undefined ? {} : { substatus }) });
export const noSuchResource = (substatus?: number): Refusal =>
  refused({
    status: 404,
    code: 'NotFound',
    message: 'Resource Not Found. Learn more: https://aka.ms/cosmosdb-tsg-not-found',
    ...(substatus === undefined ? {} : { substatus }),
  });
/** What was asked for is in a container or database that does not exist. */
export const noSuchOwner = (): Refusal => noSuchResource(1003);
export const nameTaken = (): Refusal =>
  refused({ status: 409, code: 'Conflict', message: 'Resource with specified id, name, or unique index already exists.' });
export const requestTooLarge = (): Refusal => refused({ status: 413, code: 'RequestEntityTooLarge', message: 'Request size is too large' });

/** For an interceptor: the container has no request units left. Nothing was done. */
export const throttled = (retryAfterMillis: number): FakeAnswer =>
  errorAnswer({
    status: 429,
    code: 'TooManyRequests',
    message: 'Request rate is large. More Request Units may be needed, so no changes were made. Please retry this request later.',
    substatus: 3200,
    headers: { 'x-ms-retry-after-ms': String(retryAfterMillis), 'x-ms-request-charge': '0.38' },
  });

/** For an interceptor: one operation of an atomic batch met a status that may go by itself (429, 449), for which nothing of the batch was done. */
export const heldUp = ({ body }: FakeRequest, at: number, statusCode: 429 | 449, retryAfterMilliseconds?: number): FakeAnswer => {
  const failed = { statusCode, requestCharge: 0.38, ...(retryAfterMilliseconds === undefined ? {} : { retryAfterMilliseconds }) };
  const operations = JSON.parse(body.toString()) as readonly object[];
  return json(
    207,
    operations.map((_, index) => (index === at ? failed : { statusCode: 424, requestCharge: 0 })),
    { 'x-ms-request-charge': '0.38' },
  );
};

/** For an interceptor: a write lost against another of the same item; it may be tried again at once. */
export const retryWith = (): FakeAnswer =>
  errorAnswer({ status: 449, code: 'RetryWith', message: 'Conflicting request to resource has been attempted. Retry to avoid conflicts.' });

/** For an interceptor: the logical partition holds its 20 GB. */
export const partitionFull = (): FakeAnswer =>
  errorAnswer({ status: 403, code: 'Forbidden', message: 'Partition key reached maximum size of 20 GB', substatus: 1014 });

/** For an interceptor: the range was divided, or is not there for another reason. Its successors are among the container's ranges. */
export const rangeGone = (): FakeAnswer =>
  errorAnswer({ status: 410, code: 'Gone', message: 'The requested resource is no longer available.', substatus: 1002 });

/** For an interceptor: the service is being replaced somewhere. */
export const unavailable = (): FakeAnswer =>
  errorAnswer({ status: 503, code: 'ServiceUnavailable', message: 'The requested resource is currently unavailable.' });
