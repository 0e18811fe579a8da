import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseHotHead } from './hot-head.ts';

const head = (...lines: string[]) =>
  ['POST /v2/models/digits/infer HTTP/1.1', 'Host: localhost', 'Content-Length: 10', ...lines].join('\r\n');
const withLine = (line: string, at = 0) => head().split('\r\n').with(at, line).join('\r\n');

describe('the head of a plain inference request', () => {
  it('tells endpoint, length and what the answer depends on, whatever the case of names', () =>
    expect(
      parseHotHead(head('AUTHORIZATION: Bearer k', 'content-type:application/json ', 'traceparent: 00-a', 'X-Other: anything at all')),
    ).toEqual({
      target: { endpoint: 'digits', version: undefined },
      contentLength: 10,
      authorization: 'Bearer k',
      traceparent: '00-a',
      contentType: 'application/json',
      contentEncoding: undefined,
    }));
  it('may name a version, and ask to keep the connection', () =>
    expect(
      parseHotHead(withLine('POST /v2/models/a%20b/versions/2/infer?x=1 HTTP/1.1').concat('\r\nConnection: Keep-Alive'))?.target,
    ).toEqual({
      endpoint: 'a b',
      version: '2',
    }));
});

describe('what is left to node', () => {
  it.each([
    ['another route', withLine('POST /v1/models HTTP/1.1')],
    ['another method', withLine('GET /v2/models/digits/infer HTTP/1.1')],
    ['another version of HTTP', withLine('POST /v2/models/digits/infer HTTP/1.0')],
    ['an absolute target', withLine('POST http://localhost/v2/models/digits/infer HTTP/1.1')],
    ['two spaces in the request line', withLine('POST  /v2/models/digits/infer HTTP/1.1')],
    ['no host', withLine('X: y', 1)],
    ['an empty host', withLine('Host:', 1)],
    ['no length', withLine('X: y', 2)],
    ['two lengths', head('content-length: 10')],
    ['a list of lengths', withLine('Content-Length: 10, 10', 2)],
    ['a signed length', withLine('Content-Length: +10', 2)],
    ['a length in another base', withLine('Content-Length: 0x10', 2)],
    ['a length beyond all limits', withLine('Content-Length: 9999999999', 2)],
    ['a chunked body', head('Transfer-Encoding: chunked')],
    ['an expectation', head('Expect: 100-continue')],
    ['an upgrade', head('Upgrade: h2c')],
    ['a connection that shall be closed', head('Connection: close')],
    ['two authorizations', head('Authorization: a', 'Authorization: b')],
    ['a folded line', head('X: a', ' b')],
    ['a space before the colon', head('Content-Type : text/plain')],
    ['a name of no characters', head(': x')],
    ['a line without a colon', head('nonsense')],
    ['a bare line feed in a value', head('X: a\nTransfer-Encoding: chunked')],
    ['a bare carriage return in a value', head('X: a\rb')],
    ['a zero byte', head('X: a\0b')],
    ['a tab before a length, which node refuses', withLine('Content-Length:\t10', 2)],
    ['a byte beyond ASCII', head('X: caf\xe9')],
  ])('%s', (_name, text) => expect(parseHotHead(text)).toBeUndefined());

  it('is left at once, however many spaces stand before what is wrong', () => {
    const started = performance.now();
    expect(parseHotHead(head(`X:${' '.repeat(16_000)}\0`))).toBeUndefined();
    expect(performance.now() - started).toBeLessThan(200);
  });

  it('is every head whose framing is said in any other way than by one length', () =>
    fc.assert(
      fc.property(
        fc.constantFrom('transfer-encoding', 'Transfer-Encoding', 'TE', 'trailer', 'content-length', 'Expect'),
        fc.string(),
        (name, value) => {
          expect(parseHotHead(head(`${name}: ${value}`))).toBeUndefined();
        },
      ),
    ));
});
