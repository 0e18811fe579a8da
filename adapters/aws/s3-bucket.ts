import { createHash } from 'node:crypto';
import { type Backoff, type Retryable, retrying } from '../cloud/retry.ts';
import { errorOfAnswer } from './answers.ts';
import type { AwsClient } from './client.ts';
import { AwsError, isAwsError, isTransient } from './errors.ts';
import { objectPath, query } from './s3-requests.ts';
import { s3 } from './services.ts';

export type S3Request = {
  /** Of the bucket itself where there is none. */
  readonly key?: string;
  readonly parameters?: Readonly<Record<string, string | number>>;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: Uint8Array;
};

/** One bucket, by S3's REST API. All throw `AwsError`. */
export type S3Bucket = {
  /** An answer whose body the caller reads or cancels. */
  send(operation: string, method: string, request: S3Request): Promise<Response>;
  /** The headers of an answer whose body says nothing. */
  sendFor(operation: string, method: string, request: S3Request): Promise<Headers>;
  /** The XML of an answer. Some operations begin to answer 200 before they are done and may still fail: that throws too, or is tried again. */
  sendForXml(operation: string, method: string, request: S3Request): Promise<string>;
  presign(method: string, key: string, expiresInSeconds: number): Promise<string>;
};

export const s3Bucket = (client: AwsClient, bucket: string, backoff: Backoff): S3Bucket => {
  const pathOf = ({ key, parameters = {} }: S3Request): string =>
    (key === undefined ? `/${bucket}` : objectPath(bucket, key)) + (Object.keys(parameters).length === 0 ? '' : query(parameters));

  const send: S3Bucket['send'] = (operation, method, request) =>
    client.request(s3, {
      operation,
      method,
      path: pathOf(request),
      headers: {
        ...request.headers,
        ...(request.body && { 'content-md5': md5(request.body) }),
        'x-amz-content-sha256': sha256(request.body ?? noBytes),
      },
      ...(request.body === undefined ? {} : { body: request.body }),
    });

  const xmlOf = async (operation: string, response: Response): Promise<string> => {
    const xml = await wholeOf(operation, response, () => response.text());
    if (/^\s*(?:<\?[^>]*\?>)?\s*<Error[\s>]/.test(xml)) throw errorOfAnswer({ service: s3.name, operation }, response, xml);
    return xml;
  };

  return {
    send,
    sendFor: (operation, method, request) =>
      retrying(
        async () => {
          const response = await send(operation, method, request);
          await wholeOf(operation, response, () => response.arrayBuffer());
          return response.headers;
        },
        isTransientAfterHead,
        backoff,
      ),
    sendForXml: (operation, method, request) =>
      retrying(async () => xmlOf(operation, await send(operation, method, request)), isTransientAfterHead, backoff),
    presign: (method, key, expiresInSeconds) => client.presign(s3, { method, path: objectPath(bucket, key), expiresInSeconds }),
  };
};

/** Reads an answer to its end. Throws `AwsError` where the connection breaks before. */
const wholeOf = async <T>(operation: string, { status }: Response, read: () => Promise<T>): Promise<T> => {
  try {
    return await read();
  } catch (error) {
    throw new AwsError({ service: s3.name, operation, code: 'NetworkError', status, message: 'the answer broke off' }, error);
  }
};

/** What goes wrong after a success was begun to be told. Other statuses were tried again already. */
const isTransientAfterHead: Retryable = (error) =>
  isAwsError(error) && error.details.status >= 200 && error.details.status < 300 ? isTransient(error) : false;

const noBytes = new Uint8Array(0);
/** A bucket with an Object Lock takes nothing without it (https://docs.aws.amazon.com/AmazonS3/latest/API/API_PutObject.html). */
const md5 = (bytes: Uint8Array): string => createHash('md5').update(bytes).digest('base64');
/** S3 compares it with what arrived (`XAmzContentSHA256Mismatch`): what is stored is what was sent. */
const sha256 = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');

export const isMissing = (error: unknown): boolean => isAwsError(error, 'NoSuchKey', 'NotFound', 'Http404');
/** A condition of the request did not hold. */
export const isRefusedByCondition = (error: unknown): boolean => isAwsError(error, 'PreconditionFailed', 'Http412');
/** Another write to the key was under way, and which of them came first is not known. */
export const isConflict = (error: unknown): boolean => isAwsError(error, 'ConditionalRequestConflict', 'Http409');
