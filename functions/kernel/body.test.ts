import { describe, expect, it } from 'vitest';
import { isFailure, Rejected } from '../../domain/kernel/failure.ts';
import { nestsDeeperThan } from '../../domain/kernel/json-nesting.ts';
import type { ObjectBody } from '../../domain/kernel/object-store.ts';
import { limitedBody, parseJson, readBody } from './body.ts';

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);
const chunked = (...chunks: string[]): ReadableStream<Uint8Array> =>
  new ReadableStream({
    start(controller) {
      for (const chunk of chunks) controller.enqueue(bytes(chunk));
      controller.close();
    },
  });
const request = (body: BodyInit | null, headers: Record<string, string> = {}): Request =>
  new Request('http://test/', { method: 'POST', body, headers, duplex: 'half' } as RequestInit);
const codeOf = (value: unknown): string | undefined => (isFailure(value) ? value.code : undefined);

describe('a body held whole', () => {
  it('is all of its chunks', async () => {
    expect(Buffer.from((await readBody(request(chunked('ab', 'cd')), 4)) as Uint8Array).toString()).toBe('abcd');
  });

  it('is nothing where there is none', async () => {
    expect(await readBody(request(null), 4)).toHaveLength(0);
  });

  it('is refused by its announced length before it is read', async () => {
    const refused = request('abcd', { 'content-length': '5' });
    expect(codeOf(await readBody(refused, 4))).toBe('body-too-large');
    expect(refused.bodyUsed).toBe(false);
  });

  it('is refused at the byte past the limit where its length was not announced', async () => {
    let pulled = 0;
    const endless = new ReadableStream<Uint8Array>({
      async pull(controller) {
        pulled++;
        await new Promise((resolve) => setTimeout(resolve, 1));
        controller.enqueue(bytes('ab'));
      },
    });
    const refused = request(endless);
    expect(codeOf(await readBody(refused, 5))).toBe('body-too-large');
    expect(pulled).toBeLessThan(10);
  });

  it('is thrown away after its refusal, so that its sender comes to read why, but not for ever', async () => {
    let sent = 0;
    const cancelled = new Promise<number>((resolve) => {
      const endless = new ReadableStream<Uint8Array>({
        pull(controller) {
          sent += 1024 * 1024;
          controller.enqueue(new Uint8Array(1024 * 1024));
        },
        cancel: () => resolve(sent),
      });
      void readBody(request(endless), 5);
    });
    expect(await cancelled).toBeLessThan(70 * 1024 * 1024);
  });
});

describe('a streamed body', () => {
  const textOf = async (stream: unknown): Promise<string> => new Response(stream as BodyInit).text();

  it('comes through whole up to the limit', async () => {
    expect(await textOf(limitedBody(request(chunked('ab', 'cd')), 4))).toBe('abcd');
  });

  it('is empty where there is none', async () => {
    expect(await textOf(limitedBody(request(null), 4))).toBe('');
  });

  it('breaks off with body-too-large past the limit', async () => {
    const reading = (limitedBody(request(chunked('ab', 'cde')), 4) as ObjectBody).pipeTo(new WritableStream());
    await expect(reading).rejects.toBeInstanceOf(Rejected);
    await expect(reading).rejects.toMatchObject({ failure: { code: 'body-too-large' } });
  });

  it('is refused by its announced length', () => {
    expect(codeOf(limitedBody(request('abcd', { 'content-length': '5' }), 4))).toBe('body-too-large');
  });
});

describe('the depth of JSON', () => {
  it('counts brackets of both kinds', () => {
    expect(nestsDeeperThan(bytes('[{"a":[]}]'), 3)).toBe(false);
    expect(nestsDeeperThan(bytes('[{"a":[{}]}]'), 3)).toBe(true);
  });

  it('counts what is open at once, not what there is', () => {
    expect(nestsDeeperThan(bytes('[[],[],[],[]]'), 2)).toBe(false);
  });

  it('does not count brackets in strings, also behind escaped quotes', () => {
    expect(nestsDeeperThan(bytes('["[[[[\\"[[[["]'), 1)).toBe(false);
  });
});

describe('a JSON body', () => {
  it('is its value', () => {
    expect(parseJson(bytes('{"a":[1]}'))).toEqual({ value: { a: [1] } });
  });

  it('is an empty object where it is empty', () => {
    expect(parseJson(new Uint8Array())).toEqual({ value: {} });
  });

  it('is refused 10,000 levels deep, without a parser that recurses', () => {
    expect(codeOf(parseJson(bytes('['.repeat(10_000))))).toBe('json-too-deep');
  });

  it('is refused where it is no JSON', () => {
    expect(parseJson(bytes('{"a":'))).toMatchObject({ failure: 'malformed', code: 'malformed-json' });
  });

  it.each(['{"name":"\\ud800"}', '{"name":"a\\uDC00b"}', '["\\uffff"]', '["\uffff"]', '{"\\uFFFE":1}'])(
    'is refused where it holds text that an event could not carry (%s)',
    (json) => expect(parseJson(bytes(json))).toMatchObject({ failure: 'invalid', code: 'text-not-unicode' }),
  );

  it.each(['{"name":"\\ud83d\\ude00"}', '["\\\\ud800"]', '["\\ufffd"]', '{"a":"\u{1f600}"}'])('may hold any other text (%s)', (json) =>
    expect(parseJson(bytes(json))).toEqual({ value: JSON.parse(json) }),
  );

  it('is refused where it is no UTF-8', () => {
    expect(parseJson(new Uint8Array([0x22, 0xff, 0x22]))).toMatchObject({ failure: 'malformed', code: 'malformed-json' });
  });
});
