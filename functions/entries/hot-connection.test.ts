import { once } from 'node:events';
import { createServer as createHttpServer, request } from 'node:http';
import { connect, createServer, type Server, type Socket } from 'node:net';
import fc from 'fast-check';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { HotAnswer, HotRequest } from '../inference/hot-path.ts';
import { type HotConnections, hotConnections } from './hot-connection.ts';

const message = (body: string, ...headers: string[]) =>
  ['POST /v2/models/digits/infer HTTP/1.1', 'Host: localhost', `Content-Length: ${Buffer.byteLength(body)}`, ...headers, '', body].join(
    '\r\n',
  );

type Asked = HotRequest & { readonly text: string };
const asked: Asked[] = [];
let answer: (request: Asked) => Promise<HotAnswer>;
const echo = async ({ text }: Asked): Promise<HotAnswer> => ({
  status: 200,
  stream: new TextEncoder().encode(`hot:${text}`),
  headers: { 'content-type': 'application/json' },
  traceparent: '00-1-2-01',
});

let server: Server;
let port = 0;
let hot: HotConnections;
const node = createHttpServer(async (received, response) => {
  let text = '';
  for await (const chunk of received) text += chunk;
  response.end(`node:${received.method}:${text}`);
});

const serve = async (): Promise<void> => {
  hot = hotConnections({
    infer: (received) => {
      const told = { ...received, text: Buffer.from(received.body as Uint8Array).toString() };
      asked.push(told);
      return answer(told);
    },
    handOver: (socket) => void node.emit('connection', socket),
    idleMillis: 2000,
    closeMillis: 1500,
  });
  server = createServer({ allowHalfOpen: true }, hot.accept).listen(0, '127.0.0.1');
  await once(server, 'listening');
  port = (server.address() as { port: number }).port;
};
beforeAll(serve);
afterAll(() => void server.close());
beforeEach(() => {
  asked.length = 0;
  answer = echo;
});

/** Sends pieces one after the other and gives all that comes back until `bodies` answers are there, or the other side ends. */
const exchange = async (pieces: readonly string[], bodies: number): Promise<readonly string[]> => {
  const socket = connect(port, '127.0.0.1');
  let received = '';
  socket.on('data', (chunk) => {
    received += chunk.toString('latin1');
  });
  for (const piece of pieces) {
    socket.write(piece, 'latin1');
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
  await expect.poll(() => bodiesOf(received).length >= bodies || socket.readableEnded, { interval: 2 }).toBe(true);
  socket.destroy();
  return bodiesOf(received);
};

/** The bodies of a stream of answers, with or without a length. */
const bodiesOf = (text: string): string[] =>
  text
    .split(/HTTP\/1\.1 \d+ [^\r]*\r\n/)
    .slice(1)
    .map((one) => one.slice(one.indexOf('\r\n\r\n') + 4).replaceAll(/^[0-9a-f]+\r\n|\r\n0?\r?\n?/g, ''));

/** Without who answered: pieces that are sent apart may arrive together. */
const bodiesAlone = (answers: readonly string[]): string[] => answers.map((one) => one.replace(/^(hot|node:POST):/, ''));

/** Sends each request when the one before has its answer. */
const converse = async (requests: readonly string[]): Promise<readonly string[]> => {
  const socket = connect(port, '127.0.0.1');
  let received = '';
  socket.on('data', (chunk) => {
    received += chunk.toString('latin1');
  });
  for (const [index, one] of requests.entries()) {
    socket.write(one, 'latin1');
    await expect.poll(() => bodiesOf(received).length, { interval: 2 }).toBe(index + 1);
  }
  socket.destroy();
  return bodiesOf(received);
};

describe('a connection of plain inference requests', () => {
  it('is answered one request after another', async () =>
    expect(await converse([message('one'), message('two'), message('two')])).toEqual(['hot:one', 'hot:two', 'hot:two']));

  it('brings what the head says', async () => {
    await exchange([message('x', 'Authorization: Bearer k', 'Content-Type: application/json', 'traceparent: t')], 1);
    expect(asked[0]).toMatchObject({
      target: { endpoint: 'digits' },
      authorization: 'Bearer k',
      contentType: 'application/json',
      traceparent: 't',
      text: 'x',
    });
  });

  it('gets answers that node’s client understands, byte for byte', async () => {
    answer = async () => ({ ...(await echo({ text: '' } as Asked)), status: 422, stream: new Uint8Array([0, 127, 128, 255, 13, 10]) });
    const sent = request({ port, host: '127.0.0.1', method: 'POST', path: '/v2/models/digits/infer', headers: { 'content-length': 1 } });
    sent.end('x');
    const [response] = await once(sent, 'response');
    const chunks: Buffer[] = [];
    for await (const chunk of response) chunks.push(chunk);
    expect([response.statusCode, response.headers['content-type'], [...Buffer.concat(chunks)]]).toEqual([
      422,
      'application/json',
      [0, 127, 128, 255, 13, 10],
    ]);
    expect(response.headers.traceparent).toBe('00-1-2-01');
    expect(Date.parse(response.headers.date)).toBeGreaterThan(Date.now() - 3000);
  });

  it('still hears its answer after it has sent all that it will', async () => {
    const socket = connect({ port, host: '127.0.0.1', allowHalfOpen: true });
    socket.end(message('last'));
    let received = '';
    for await (const chunk of socket) received += chunk;
    expect(bodiesOf(received)).toEqual(['hot:last']);
  });

  it('is ended where the answer cannot be made', async () => {
    answer = () => Promise.reject(new TypeError('no answer'));
    const socket = connect(port, '127.0.0.1');
    socket.on('error', () => undefined).write(message('x'));
    await once(socket, 'close');
    expect(asked).toHaveLength(1);
  });

  it('is ended, and no other with it, where the answer cannot be written', async () => {
    const circle: Record<string, unknown> = {};
    circle.itself = circle;
    answer = async () => ({ status: 200, body: circle as never, traceparent: '' });
    const socket = connect(port, '127.0.0.1');
    socket.on('error', () => undefined).write(message('x'));
    await once(socket, 'close');
    expect(asked).toHaveLength(1);
  });

  it('is let go when nothing comes for long', async () => {
    const socket = connect(port, '127.0.0.1');
    await once(socket, 'close');
    expect(socket.bytesRead).toBe(0);
  });
});

describe('a connection that brings anything else', () => {
  it('is node’s from there on', async () =>
    expect(await converse([message('one'), 'GET /health HTTP/1.1\r\nHost: x\r\n\r\n', message('two')])).toEqual([
      'hot:one',
      'node:GET:',
      'node:POST:two',
    ]));
  it('loses nothing where a request comes in pieces', async () => {
    const whole = message('a body in pieces');
    for (const at of [1, 20, whole.indexOf('\r\n\r\n') + 2, whole.length - 3])
      expect(bodiesAlone(await exchange([whole.slice(0, at), whole.slice(at)], 1))).toEqual(['a body in pieces']);
  });
  it('gets pipelined requests answered in their order', async () => {
    expect(await exchange([message('one') + message('two')], 2)).toEqual(['node:POST:one', 'node:POST:two']);
    answer = async (received) => {
      await new Promise((resolve) => setTimeout(resolve, 40));
      return echo(received);
    };
    expect(bodiesAlone(await exchange([message('one'), message('two'), message('three')], 3))).toEqual(['one', 'two', 'three']);
    expect(bodiesAlone(await exchange([message('one'), message('two').slice(0, -1), 'o'], 2))).toEqual(['one', 'two']);
  });
  it('gets all its requests answered though it sends no more, and the first is being answered', async () => {
    let release: () => void = () => undefined;
    answer = (received) =>
      new Promise((resolve) => {
        release = () => resolve(echo(received));
      });
    const socket = connect({ port, host: '127.0.0.1', allowHalfOpen: true }).setNoDelay();
    socket.write(message('one'));
    await expect.poll(() => asked.length).toBe(1);
    answer = echo;
    const first = release;
    socket.end(message('two'));
    setTimeout(first, 40);
    let received = '';
    for await (const chunk of socket) received += chunk;
    expect(bodiesOf(received)).toEqual(['hot:one', 'hot:two']);
  });
  it('is node’s where a head is long, for a head is remembered', async () => {
    expect(await exchange([message('x', `X: ${'a'.repeat(3000)}`)], 1)).toEqual(['hot:x']);
    expect(await exchange([message('x', `X: ${'a'.repeat(5000)}`)], 1)).toEqual(['node:POST:x']);
  });
  it('is answered the same whatever the pieces that it comes in', async () =>
    fc.assert(
      fc.asyncProperty(
        fc.array(fc.stringMatching(/^[a-z]{0,12}$/), { minLength: 1, maxLength: 4 }),
        fc.array(fc.nat({ max: 400 }), { maxLength: 3 }),
        async (bodies, cuts) => {
          const text = bodies.map((body) => message(body)).join('');
          const at = [0, ...cuts.map((cut) => cut % text.length).sort((a, b) => a - b), text.length];
          const pieces = at
            .slice(1)
            .map((end, index) => text.slice(at[index], end))
            .filter((piece) => piece !== '');
          const answers = await exchange(pieces, bodies.length);
          expect(bodiesAlone(answers)).toEqual(bodies);
        },
      ),
      { numRuns: 40 },
    ));
});

describe('closing', () => {
  let release: () => void;
  // More than a connection holds on its way.
  const large = new Uint8Array(12 * 1024 * 1024);
  beforeEach(async () => {
    server.close();
    await serve();
    answer = (received) =>
      new Promise((resolve) => {
        release = () => resolve(echo(received));
      });
  });
  const open = (): { readonly socket: Socket; readonly received: () => string } => {
    const socket = connect({ port, host: '127.0.0.1', allowHalfOpen: true }).on('error', () => undefined);
    let text = '';
    socket.on('data', (chunk) => {
      text += chunk;
    });
    return { socket, received: () => text };
  };

  it('lets idle connections go soon, and the others with their last answer', async () => {
    const [idle, busy] = [open(), open()];
    busy.socket.write(message('last'));
    await expect.poll(() => asked.length).toBe(1);
    hot.close();
    await once(idle.socket, 'end');
    release();
    await once(busy.socket, 'end');
    expect(busy.received()).toContain('connection: close');
    expect(busy.received().endsWith('hot:last')).toBe(true);
    const late = connect(port, '127.0.0.1').on('error', () => undefined);
    await once(late, 'close');
  });
  it('answers the request that is on its way', async () => {
    answer = echo;
    const { socket, received } = open();
    socket.write(message('one'));
    await expect.poll(received).toContain('hot:one');
    hot.close();
    socket.write(message('two'));
    await once(socket, 'end');
    expect(bodiesOf(received())).toEqual(['hot:one', 'hot:two']);
  });
  it('answers nothing after the last answer, and waits for no client that keeps its side open', async () => {
    const { socket } = open();
    socket.write(message('last'));
    await expect.poll(() => asked.length).toBe(1);
    hot.close();
    release();
    await once(socket, 'end');
    socket.write(message('more'));
    await new Promise((resolve) => server.close(resolve));
    expect(asked).toHaveLength(1);
  });
  it('sends the whole of an answer that is still being read', async () => {
    answer = async (received) => ({ ...(await echo(received)), stream: large });
    const { socket, received } = open();
    socket.pause().write(message('x'));
    await expect.poll(() => asked.length).toBe(1);
    hot.close();
    await new Promise((resolve) => setTimeout(resolve, 100));
    socket.resume();
    await once(socket, 'end');
    expect(received().length).toBeGreaterThan(large.length);
  });
  it('waits so long and no longer for one that never reads its answer', async () => {
    answer = async (received) => ({ ...(await echo(received)), stream: large });
    const { socket } = open();
    socket.pause().write(message('x'));
    await expect.poll(() => asked.length).toBe(1);
    hot.close();
    await new Promise((resolve) => server.close(resolve));
    socket.destroy();
  });
});
