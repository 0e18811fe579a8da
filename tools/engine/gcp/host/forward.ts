import { type IncomingMessage, type OutgoingHttpHeaders, request, type ServerResponse } from 'node:http';

export type Onward = {
  /** Where to: `http://127.0.0.1:<port>`. */
  readonly endpoint: string;
  readonly path: string;
  readonly headers: OutgoingHttpHeaders;
  /** In place of what is still to be read. */
  readonly body?: Buffer;
  /** Of what is answered, before it is sent. */
  readonly answered?: (headers: OutgoingHttpHeaders) => OutgoingHttpHeaders;
  /** Of headers that an emulator sends beside those of HTTP. */
  readonly timeoutMillis?: number;
};

const hops = ['connection', 'keep-alive', 'transfer-encoding', 'upgrade', 'proxy-connection', 'te', 'trailer'];

/** Headers as they go through a hop. */
export const through = (headers: OutgoingHttpHeaders): OutgoingHttpHeaders =>
  Object.fromEntries(Object.entries(headers).filter(([name]) => !hops.includes(name)));

/** Sends a request on, and the answer back, both as they come. Resolves once that is over; 502 and 504 are its own answers. */
export const forward = (incoming: IncomingMessage, outgoing: ServerResponse, to: Onward): Promise<void> =>
  new Promise((resolve) => {
    outgoing.once('close', () => resolve());
    const { hostname, port } = new URL(to.endpoint);
    // A connection of its own: one that is kept may be closed at its other end just when it is used again.
    const sent = request(
      { agent: false, hostname, port, method: incoming.method, path: to.path, headers: through(to.headers) },
      (answer) => {
        const { answered = (same: OutgoingHttpHeaders) => same } = to;
        outgoing.writeHead(answer.statusCode ?? 502, answered(through(answer.headers)));
        outgoing.flushHeaders();
        answer.pipe(outgoing);
        answer.once('error', () => outgoing.destroy());
      },
    );
    const fail = (status: number, reason: string) => (outgoing.headersSent ? outgoing.destroy() : outgoing.writeHead(status).end(reason));
    sent.once('error', (error) => fail(502, String(error)));
    if (to.timeoutMillis !== undefined)
      sent.setTimeout(to.timeoutMillis, () => sent.destroy(fail(504, 'upstream request timeout') as never));
    outgoing.once('close', () => outgoing.writableFinished || sent.destroy());
    if (to.body === undefined) incoming.pipe(sent);
    else sent.end(to.body);
  });

export const bodyOf = async (incoming: IncomingMessage): Promise<Buffer> => {
  const chunks: Buffer[] = [];
  for await (const chunk of incoming) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
};
