import { describe, expect, it } from 'vitest';
import { Rejected } from '../../domain/kernel/failure.ts';
import { rejection } from '../conformance/harness.ts';
import { awsClient } from './client.ts';
import { AwsError } from './errors.ts';
import { dynamoDb, s3, sqs } from './services.ts';
import { type Answer, answeringClient, connectionReset, fault, ok, testEnvironment } from './test-answers.ts';

const get = (answers: readonly Answer[], environment?: Readonly<Record<string, string | undefined>>) => {
  const world = answeringClient(answers, environment);
  return { ...world, call: () => world.client.call(dynamoDb, 'GetItem', { TableName: 'things' }) };
};

/** The error with which a call fails. */
const errorOf = async (call: Promise<unknown>): Promise<AwsError> => {
  const reason = await call.then(
    () => 'no error',
    (error: unknown) => error,
  );
  expect(reason).toBeInstanceOf(AwsError);
  return reason as AwsError;
};

describe('a call of a JSON service', () => {
  it('is a signed post to the region, with the operation in a header', async () => {
    const { call, sent } = get([ok({ Item: {} })]);
    expect(await call()).toEqual({ Item: {} });
    const [{ url, method, headers, body } = expect.unreachable()] = sent;
    expect([url, method, body]).toEqual(['https://dynamodb.eu-central-1.amazonaws.com/', 'POST', { TableName: 'things' }]);
    expect(headers.get('x-amz-target')).toBe('DynamoDB_20120810.GetItem');
    expect(headers.get('content-type')).toBe('application/x-amz-json-1.0');
    expect(headers.get('authorization')).toMatch(
      /^AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE\/\d{8}\/eu-central-1\/dynamodb\/aws4_request, SignedHeaders=\S+, Signature=[0-9a-f]{64}$/,
    );
    expect(headers.has('x-amz-security-token')).toBe(false);
  });
  it('carries the session token of temporary credentials', async () => {
    const { call, sent } = get([ok()], { ...testEnvironment, AWS_SESSION_TOKEN: 'token' });
    await call();
    expect(sent[0]?.headers.get('x-amz-security-token')).toBe('token');
  });
  it('goes to the endpoint that the environment names', async () => {
    const { call, sent } = get([ok()], { ...testEnvironment, AWS_ENDPOINT_URL: 'http://127.0.0.1:4566/' });
    await call();
    expect(sent[0]?.url).toBe('http://127.0.0.1:4566/');
  });
  it('goes to the partition of China in its regions', async () => {
    const { client, sent } = answeringClient([ok()], { ...testEnvironment, AWS_REGION: 'cn-north-1' });
    await client.call(sqs, 'SendMessage', {});
    expect(sent[0]?.url).toBe('https://sqs.cn-north-1.amazonaws.com.cn/');
  });
  it('is signed anew for each attempt', async () => {
    const { call, sent } = get([fault(500, 'InternalServerError', 'x'), ok()]);
    await call();
    expect(sent).toHaveLength(2);
    expect(sent[0]?.headers).not.toBe(sent[1]?.headers);
  });
});

describe('a refused signature', () => {
  const token = 'IQoJb3JpZ2luX2VjE/token+of=the/session';
  const said = `The Canonical String should have been 'POST\n/\n\nx-amz-security-token:${token}\n'`;
  it('is told without the token that was signed, in its message and in whatever a logger lists of it', async () => {
    const { call } = get([fault(403, 'InvalidSignatureException', said)]);
    const error = await errorOf(call());
    expect(error.message).toContain('InvalidSignatureException');
    expect(`${error.message} ${error.stack} ${JSON.stringify(error)}`).not.toContain(token.slice(0, 12));
    expect(Object.keys(error)).not.toContain('details');
  });
});

describe('trying again', () => {
  it.each([
    ['a throttle (Common errors: ThrottlingException, 400)', fault(400, 'ThrottlingException', 'Rate exceeded')],
    ['an exhausted throughput (DynamoDB: 400)', fault(400, 'ProvisionedThroughputExceededException', 'The level …')],
    ['a request limit (DynamoDB: 400)', fault(400, 'RequestLimitExceeded', 'Throughput exceeds …')],
    ['a transaction under way (DynamoDB: TransactionConflictException, 400)', fault(400, 'TransactionConflictException', 'ongoing')],
    ['a slow reader (Common errors: RequestTimeoutException, 408)', fault(408, 'RequestTimeoutException', 'Timed out')],
    ['an error of the server (DynamoDB: InternalServerError, 500)', fault(500, 'InternalServerError', 'x')],
    ['a server that is away (503, no body)', { status: 503, body: '' } as const],
    ['too many requests (429)', { status: 429, body: '<html/>' } as const],
    ['a broken connection', connectionReset()],
  ])('helps against %s', async (_name, answer) => {
    const { call, sent, waits } = get([answer, answer, ok({ done: true })]);
    expect(await call()).toEqual({ done: true });
    expect(sent).toHaveLength(3);
    expect(waits).toEqual([50, 100]);
  });
  it('is given up after six attempts, with the error of the last', async () => {
    const { call, sent, waits } = get(Array.from({ length: 7 }, (_, n) => fault(400, 'ThrottlingException', `no ${n + 1}`)));
    const error = await errorOf(call());
    expect(error.details).toMatchObject({ code: 'ThrottlingException', status: 400, message: 'no 6' });
    expect(sent).toHaveLength(6);
    expect(waits).toEqual([50, 100, 200, 400, 800]);
  });
  it('does not help against what is wrong with the request', async () => {
    const { call, sent } = get([fault(400, 'ValidationException', 'One or more parameter values were invalid')]);
    expect((await errorOf(call())).details.code).toBe('ValidationException');
    expect(sent).toHaveLength(1);
  });
  it('waits as long as the server asks for', async () => {
    const { call, waits } = get([fault(503, 'ServiceUnavailable', 'x', {}, { 'retry-after': '2' }), ok()]);
    await call();
    expect(waits).toEqual([2000]);
  });
  it('does not wait for a server that asks for minutes', async () => {
    const { call, waits } = get([fault(503, 'ServiceUnavailable', 'x', {}, { 'retry-after': '120' })]);
    expect((await errorOf(call())).details.retryAfterMillis).toBe(120_000);
    expect(waits).toEqual([]);
  });
  it('comes after an attempt that takes too long', async () => {
    const { client, sent } = answeringClient(['silence', ok({ done: true })]);
    expect(await client.call(dynamoDb, 'GetItem', {}, { timeoutMillis: 20 })).toEqual({ done: true });
    expect(sent).toHaveLength(2);
  });
  it('names a time-out and a broken connection where they last', async () => {
    const { client } = answeringClient(Array.from({ length: 6 }, (): Answer => 'silence'));
    const late = await errorOf(client.call(dynamoDb, 'GetItem', {}, { timeoutMillis: 5 }));
    expect(late.details).toMatchObject({ code: 'AttemptTimedOut', status: 0 });
    const broken = await errorOf(get(Array.from({ length: 6 }, connectionReset)).call());
    expect(broken.message).toBe('DynamoDB GetItem: NetworkError (0): fetch failed: ECONNRESET read ECONNRESET');
  });
});

describe('an error', () => {
  it('tells the log all and the caller nothing of the account', async () => {
    const denied = 'User: arn:aws:sts::123456789012:assumed-role/x is not authorized to perform: dynamodb:GetItem';
    const error = await errorOf(get([fault(400, 'AccessDeniedException', denied, {}, { 'x-amzn-requestid': 'r-1' })]).call());
    expect(error.message).toBe(`DynamoDB GetItem: AccessDeniedException (400): ${denied} [request r-1]`);
    expect(error.failure).toMatchObject({ failure: 'unavailable', code: 'cloud-unavailable' });
    expect(error.failure.detail).not.toContain('123456789012');
  });
  it.each([
    ['ExpiredTokenException', 'The security token included in the request is expired'],
    ['UnrecognizedClientException', 'The security token included in the request is invalid.'],
    ['InvalidSignatureException', 'The request signature we calculated does not match'],
  ])('of the credentials (%s) says so, and at once', async (type, message) => {
    const { call, sent } = get([fault(400, type, message)]);
    expect(await rejection(call())).toEqual({ failure: 'unavailable', code: 'cloud-credentials' });
    expect(sent).toHaveLength(1);
  });
  it('of credentials that are not there is the same, and sends nothing', async () => {
    const { call, sent } = get([], { AWS_REGION: 'eu-central-1' });
    const error = await errorOf(call());
    expect(error.failure.code).toBe('cloud-credentials');
    expect(error.message).toContain('AWS_ACCESS_KEY_ID');
    expect(sent).toEqual([]);
  });
  it('of a missing region comes before any call', () => {
    expect(() => awsClient({ environment: { AWS_ACCESS_KEY_ID: 'x', AWS_SECRET_ACCESS_KEY: 'y' } })).toThrow(Rejected);
  });
});

describe('a request of a REST service', () => {
  const path = '/bucket/a%20key';
  it('gives the answer to read, and the error of XML', async () => {
    const { client, sent } = answeringClient([
      ok('bytes'),
      { status: 404, body: '<?xml version="1.0"?><Error><Code>NoSuchKey</Code><Message>The key does not exist.</Message></Error>' },
    ]);
    const read = () => client.request(s3, { operation: 'GetObject', method: 'GET', path });
    expect(await (await read()).text()).toBe('bytes');
    expect((await errorOf(read())).details).toMatchObject({ code: 'NoSuchKey', status: 404, message: 'The key does not exist.' });
    expect(sent[0]?.url).toBe('https://s3.eu-central-1.amazonaws.com/bucket/a%20key');
  });
  it('names the status of an answer that says nothing', async () => {
    const { client } = answeringClient([{ status: 404, body: '' }]);
    const head = client.request(s3, { operation: 'HeadObject', method: 'HEAD', path });
    expect((await errorOf(head)).details).toMatchObject({ code: 'Http404', status: 404 });
  });
  it('is sent again with its bytes, and not with a stream', async () => {
    const away: Answer = { status: 503, body: '<Error><Code>SlowDown</Code></Error>' };
    const put = (body: Uint8Array | ReadableStream<Uint8Array>, answers: readonly Answer[]) => {
      const { client, sent } = answeringClient(answers);
      const headers = body instanceof Uint8Array ? {} : { 'x-amz-content-sha256': 'UNSIGNED-PAYLOAD' };
      return { sent, done: client.request(s3, { operation: 'PutObject', method: 'PUT', path, headers, body }) };
    };
    const bytes = put(new Uint8Array(3), [away, ok('')]);
    expect((await bytes.done).status).toBe(200);
    expect(bytes.sent).toHaveLength(2);
    const stream = put(new Blob(['abc']).stream(), [away, ok('')]);
    expect((await errorOf(stream.done)).details.code).toBe('SlowDown');
    expect(stream.sent).toHaveLength(1);
  });
  it('can be signed for somebody else, for a time', async () => {
    const { client } = answeringClient([]);
    const url = new URL(await client.presign(s3, { method: 'GET', path, expiresInSeconds: 60 }));
    expect(url.pathname).toBe(path);
    expect(url.searchParams.get('X-Amz-Expires')).toBe('60');
    expect(url.searchParams.get('X-Amz-Signature')).toMatch(/^[0-9a-f]{64}$/);
  });
});
