import { describe, expect, it } from 'vitest';
import { usualBackoff } from '../cloud/retry.ts';
import { rejection } from '../conformance/harness.ts';
import { proofsOf } from '../conformance/proof.ts';
import { postponeMessage, sqsQueue } from './queue.ts';
import { queueUrlOf } from './queue-names.ts';
import { type Answer, answeringClient, connectionReset, fault, ok } from './test-answers.ts';

const { observed } = proofsOf('Queue', 'answers from the API reference');
const queueUrl = 'https://sqs.eu-central-1.amazonaws.com/123456789012/chores';

/** A queue to whose requests SQS answers as told. */
const answering = (answers: readonly Answer[]) => {
  const { client, sent, waits } = answeringClient(answers);
  const backoff = { ...usualBackoff, random: () => 1, wait: async (millis: number) => void waits.push(millis) };
  const bodies = () => sent.map(({ body }) => body as { readonly Entries: readonly Record<string, unknown>[] });
  const entries = () => bodies().map(({ Entries }) => Entries.map(({ MessageBody }) => MessageBody));
  return { queue: observed(sqsQueue({ client, queueUrl, backoff })), client, sent, waits, bodies, entries };
};

/** API reference, SendMessageBatch and BatchResultErrorEntry. */
const partly = (...refused: readonly { readonly Id: string; readonly Code: string; readonly SenderFault: boolean }[]): Answer =>
  ok({ Successful: [], Failed: refused.map((entry) => ({ ...entry, Message: 'as the reference says' })) });
const messages = (count: number) => Array.from({ length: count }, (_, body) => ({ body }));

describe('what is sent to SQS', () => {
  it('is ten messages a call, each as JSON, with its delay in whole seconds', async () => {
    const { queue, sent, bodies } = answering([ok({ Successful: [] }), ok({ Successful: [] })]);
    await queue.send([{ body: { n: 1 }, delaySeconds: 0.15 }, ...messages(10)]);
    expect(sent[0]?.headers.get('x-amz-target')).toBe('AmazonSQS.SendMessageBatch');
    expect(bodies().map(({ Entries }) => Entries.length)).toEqual([10, 1]);
    expect(bodies()[0]).toMatchObject({ QueueUrl: queueUrl });
    expect(bodies()[0]?.Entries.slice(0, 2)).toEqual([
      { Id: '0', MessageBody: '{"n":1}', DelaySeconds: 1 },
      { Id: '1', MessageBody: '0' },
    ]);
  });

  it('is no more than 256 KB a call', async () => {
    const { queue, entries } = answering([ok(), ok(), ok()]);
    const large = 'x'.repeat(100 * 1024);
    await queue.send([large, large, large, large, 'small'].map((body) => ({ body })));
    expect(entries().map((batch) => batch.length)).toEqual([2, 3]);
  });

  it('is nothing where there is nothing to send, or one of it may not be', async () => {
    const { queue, sent } = answering([]);
    await queue.send([]);
    expect((await rejection(queue.send([{ body: 1 }, { body: 'x'.repeat(256 * 1024) }]))).code).toBe('message-too-large');
    expect(sent).toEqual([]);
  });

  it('holds none of the two characters of JSON that SQS does not take', async () => {
    const { queue, entries } = answering([ok()]);
    await queue.send([{ body: 'a\uFFFE\uFFFFb\u0001🙂' }]);
    const [[text] = []] = entries();
    expect(text).toBe('"a\\ufffe\\uffffb\\u0001🙂"');
    expect(JSON.parse(text as string)).toBe('a\uFFFE\uFFFFb\u0001🙂');
  });
});

describe('what SQS does not take', () => {
  it('is sent again, and only that, after a growing time', async () => {
    const refused = (...ids: readonly string[]) => partly(...ids.map((Id) => ({ Id, Code: 'InternalError', SenderFault: false })));
    const { queue, entries, waits } = answering([refused('1', '3'), refused('3'), ok({ Successful: [] })]);
    await queue.send(messages(4));
    expect(entries()).toEqual([['0', '1', '2', '3'], ['1', '3'], ['3']]);
    expect(waits).toEqual([50, 100]);
  });

  it('is sent again where it was throttled, whoever is to blame', async () => {
    const { queue, entries } = answering([partly({ Id: '0', Code: 'RequestThrottled', SenderFault: true }), ok()]);
    await queue.send(messages(2));
    expect(entries()).toEqual([['0', '1'], ['0']]);
  });

  it('fails at once where it can never be taken', async () => {
    const { queue, sent } = answering([partly({ Id: '0', Code: 'InvalidMessageContents', SenderFault: true })]);
    await expect(queue.send(messages(2))).rejects.toMatchObject({
      failure: { failure: 'unavailable', code: 'cloud-unavailable' },
      details: { code: 'InvalidMessageContents' },
    });
    expect(sent).toHaveLength(1);
  });

  it('fails where it is not taken in the end', async () => {
    const never = Array.from({ length: 6 }, () => partly({ Id: '0', Code: 'InternalError', SenderFault: false }));
    const { queue, sent } = answering(never);
    await expect(queue.send(messages(1))).rejects.toMatchObject({ details: { code: 'BatchEntriesFailed' } });
    expect(sent).toHaveLength(6);
  });
});

describe('a call that fails as a whole', () => {
  it.each<[string, Answer]>([
    ['throttled', fault(400, 'ThrottlingException', 'Rate exceeded')],
    ['cut off', connectionReset()],
    ['answered 503', { status: 503, body: '' }],
  ])('is made again where it was %s', async (_, first) => {
    const { queue, sent } = answering([first, ok()]);
    await queue.send(messages(1));
    expect(sent).toHaveLength(2);
  });

  it('says so once where the credentials have expired', async () => {
    const expired = fault(403, 'ExpiredTokenException', 'The security token included in the request is expired');
    const { queue, sent } = answering([expired]);
    await expect(queue.send(messages(1))).rejects.toMatchObject({ failure: { code: 'cloud-credentials' } });
    expect(sent).toHaveLength(1);
  });

  it('says so once where there is no such queue', async () => {
    const { queue, sent } = answering([fault(400, 'QueueDoesNotExist', 'The specified queue does not exist.')]);
    await expect(queue.send(messages(1))).rejects.toMatchObject({ details: { code: 'QueueDoesNotExist' } });
    expect(sent).toHaveLength(1);
  });
});

describe('a message that is put off', () => {
  it.each([
    [0.4, 0],
    [7.6, 8],
    [100_000, 43_200],
    [-1, 0],
  ])('for %d s is hidden for %d, and SQS answers with no body', async (asked, seconds) => {
    const { client, bodies } = answering([{ status: 200, body: '' }]);
    await postponeMessage(client, queueUrl, 'receipt', asked);
    expect(bodies()).toEqual([{ QueueUrl: queueUrl, ReceiptHandle: 'receipt', VisibilityTimeout: seconds }]);
  });
});

describe('the URL of a queue', () => {
  it('is made of its ARN, or of that of its neighbour', () => {
    const arn = 'arn:aws:sqs:eu-central-1:123456789012:chores';
    expect(queueUrlOf(arn, {})).toBe(queueUrl);
    expect(queueUrlOf(arn, {}, 'other')).toBe('https://sqs.eu-central-1.amazonaws.com/123456789012/other');
    expect(queueUrlOf(arn, { AWS_ENDPOINT_URL: 'http://127.0.0.1:4566' })).toBe('http://127.0.0.1:4566/123456789012/chores');
  });
});
