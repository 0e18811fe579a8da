import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isFailure } from '../../../domain/kernel/failure.ts';
import { resultOf } from './http-result.ts';

const json = { 'content-type': 'application/json' };
const binary = { 'content-type': 'application/octet-stream' };
const result = async (body: BodyInit | null, headers: Record<string, string> = json, status = 200) => {
  const made = await resultOf(new Response(body, { headers, status }));
  return isFailure(made) ? expect.unreachable(made.detail) : made;
};
/** What Lambda takes: the JSON of a result. */
const largestCall = 6_291_556;

describe('an answer', () => {
  it('has its status, its headers and its text', async () => {
    expect(await result('{"a":"ü"}', { ...json, etag: '"1"' }, 201)).toEqual({
      statusCode: 201,
      headers: { 'content-type': 'application/json', etag: '"1"' },
      body: '{"a":"ü"}',
      isBase64Encoded: false,
    });
  });

  it('has no body where there is none', async () => {
    expect(await result(null, {}, 204)).toEqual({ statusCode: 204, headers: {} });
  });

  it('has its bytes as base64', async () => {
    expect(await result(Buffer.from([0, 255]), binary)).toMatchObject({ body: 'AP8=', isBase64Encoded: true });
  });

  it('says what it is by its media type, problem details and text too', async () => {
    for (const type of ['application/problem+json', 'text/csv; charset=utf-8', 'application/openapi+json; version=3.1'])
      expect((await result('x', { 'content-type': type })).isBase64Encoded, type).toBe(false);
    for (const type of ['application/vnd.apache.parquet', 'image/png'])
      expect((await result('x', { 'content-type': type })).isBase64Encoded, type).toBe(true);
  });

  it('that is no UTF-8 goes as it is, whatever it says', async () => {
    expect(await result(Buffer.from([0x22, 0xff, 0x22]))).toMatchObject({ body: 'Iv8i', isBase64Encoded: true });
  });

  it('comes out as it went in', () =>
    fc.assert(
      fc.asyncProperty(fc.uint8Array(), fc.boolean(), async (bytes, asText) => {
        const { body, isBase64Encoded } = await result(bytes as BodyInit, asText ? json : binary);
        expect(Buffer.from(body ?? '', isBase64Encoded ? 'base64' : 'utf8')).toEqual(Buffer.from(bytes));
      }),
    ));

  it('that Lambda would refuse is a failure, the largest one that it takes is not', async () => {
    for (const [size, fill, headers] of [
      [6_000_000 - 2, 'x', json],
      [4_500_000, '"', json],
      [4_500_000, 'x', binary],
    ] as const) {
      const made = await result(fill.repeat(size), headers);
      expect(Buffer.byteLength(JSON.stringify(made))).toBeLessThan(largestCall);
      const more = await resultOf(new Response(fill.repeat(size + 3), { headers }));
      expect(more).toMatchObject({ failure: 'too-large', code: 'answer-too-large' });
    }
  });

  it('is not read on once it is too large, and not at all where it says so', async () => {
    let reads = 0;
    const pull = (controller: ReadableStreamDefaultController<Uint8Array>) => {
      reads++;
      controller.enqueue(new Uint8Array(1_000_000));
    };
    const endless = () => new ReadableStream({ pull }, { highWaterMark: 0 });
    expect(await resultOf(new Response(endless(), { headers: binary }))).toMatchObject({ code: 'answer-too-large' });
    expect(reads).toBe(5);
    const announced = new Response(endless(), { headers: { ...binary, 'content-length': '5000000' } });
    expect(await resultOf(announced)).toMatchObject({ code: 'answer-too-large' });
    expect(reads).toBe(5);
  });
});
