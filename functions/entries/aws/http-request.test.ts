import { describe, expect, it } from 'vitest';
import { isFailure } from '../../../domain/kernel/failure.ts';
import { requestOf } from './http-request.ts';
import { httpEvent } from './test-cloud.ts';

const request = (...asked: Parameters<typeof httpEvent>): Request => {
  const made = requestOf(httpEvent(...asked));
  return isFailure(made) ? expect.unreachable(made.detail) : made;
};
const pathOf = (rawPath: string, stage?: string) => new URL(request('GET', rawPath, stage === undefined ? {} : { stage }).url).pathname;

describe('a request of an HTTP API', () => {
  it('keeps its path and its query as they came', () => {
    const { url } = request('GET', '/v1/models/digits?limit=2&cursor=a%2Fb%3D&x=1&x=2&flag');
    expect(url).toBe('https://id.execute-api.us-east-1.amazonaws.com/v1/models/digits?limit=2&cursor=a%2Fb%3D&x=1&x=2&flag');
  });

  it('has the path without the name of its stage', () => {
    expect(pathOf('/prod/v1/models', 'prod')).toBe('/v1/models');
    expect(pathOf('/prod', 'prod')).toBe('/');
    expect(pathOf('/production/v1', 'prod')).toBe('/production/v1');
    expect(pathOf('/v1/models', '$default')).toBe('/v1/models');
  });

  it('has in its path escaped again what the gateway has decoded', () => {
    expect(pathOf('/v1/a b/ü/[x]/"?')).toBe('/v1/a%20b/%C3%BC/%5Bx%5D/%22');
    expect(pathOf('/v1/100%25/%zz')).toBe('/v1/100%25/%25zz');
    expect(pathOf("/v1/~a.b-c_d!$&'()*+,;=:@")).toBe("/v1/~a.b-c_d!$&'()*+,;=:@");
  });

  it('has its headers, joined as the gateway joins them', () => {
    const { headers } = request('GET', '/', { headers: { 'content-digest': 'sha-256=:a:,sha-512=:b:', authorization: 'Bearer x' } });
    expect([headers.get('content-digest'), headers.get('authorization')]).toEqual(['sha-256=:a:,sha-512=:b:', 'Bearer x']);
  });

  it('has a header that is not Latin-1 as the bytes that it came in', () => {
    const name = request('GET', '/', { headers: { 'x-name': 'Zoë ☃' } }).headers.get('x-name') ?? '';
    expect(Buffer.from(name, 'latin1').toString()).toBe('Zoë ☃');
  });

  it('brings its text', async () => {
    const body = '{"name": "Zoë"}';
    expect(await request('POST', '/', { body, headers: { 'content-type': 'application/json' } }).text()).toBe(body);
  });

  it('brings its bytes', async () => {
    const bytes = Buffer.from([0, 255, 128, 13, 10]);
    const sent = request('POST', '/', { body: bytes.toString('base64'), base64: true });
    expect(Buffer.from(await sent.arrayBuffer())).toEqual(bytes);
  });

  it('has no media type but the one that was sent', () => {
    expect(request('POST', '/', { body: 'x' }).headers.get('content-type')).toBeNull();
  });

  it('is none with a method that Fetch does not know', () => {
    expect(requestOf(httpEvent('TRACE', '/'))).toMatchObject({ failure: 'malformed', code: 'malformed-request' });
  });

  it('takes no larger body than a call carries, and says what to do', () => {
    const text = requestOf(httpEvent('POST', '/', { body: 'x'.repeat(6_000_001) }));
    const binary = requestOf(httpEvent('POST', '/', { body: Buffer.alloc(4_500_001).toString('base64'), base64: true }));
    for (const refused of [text, binary])
      expect(refused).toMatchObject({ failure: 'too-large', code: 'body-too-large', detail: expect.stringContaining('/uploads') });
    expect(requestOf(httpEvent('POST', '/', { body: 'x'.repeat(6_000_000) }))).toBeInstanceOf(Request);
  });
});
