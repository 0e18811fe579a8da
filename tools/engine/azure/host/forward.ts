import { Agent, type ClientRequest, type IncomingMessage, type OutgoingHttpHeaders, request, type ServerResponse } from 'node:http';
import { Agent as SecureAgent, request as secureRequest } from 'node:https';

/** On this machine a connection costs nothing, and one that was kept may just be closed by the other side. */
const agent = new Agent({ keepAlive: false });
const secureAgent = new SecureAgent({ keepAlive: true, maxSockets: 256 });

export type Onward = {
  /** The whole URL. */
  readonly url: string;
  readonly headers: OutgoingHttpHeaders;
  /** Who signed the certificate of an HTTPS URL. */
  readonly certificate?: Buffer;
  /** In place of what is still to be read. */
  readonly body?: Buffer;
};

const hops = ['connection', 'keep-alive', 'transfer-encoding', 'upgrade', 'proxy-connection', 'te', 'trailer'];

/** Headers as they go through a hop. */
export const through = (headers: OutgoingHttpHeaders): OutgoingHttpHeaders =>
  Object.fromEntries(Object.entries(headers).filter(([name]) => !hops.includes(name.toLowerCase())));

const requestTo = ({ url, headers, certificate }: Onward, method: string | undefined, answered: (answer: IncomingMessage) => void) => {
  const options = { method, headers: through(headers) };
  return url.startsWith('https:')
    ? secureRequest(url, { ...options, agent: secureAgent, ca: certificate }, answered)
    : request(url, { ...options, agent }, answered);
};

/** Sends a request on, and the answer back, both as they come. Resolves with the status once that is over. */
export const forward = (incoming: IncomingMessage, outgoing: ServerResponse, to: Onward): Promise<number> =>
  new Promise((resolve) => {
    outgoing.once('close', () => resolve(outgoing.statusCode));
    const sent: ClientRequest = requestTo(to, incoming.method, (answer) => {
      outgoing.writeHead(answer.statusCode ?? 502, through(answer.headers));
      outgoing.flushHeaders();
      answer.pipe(outgoing);
      answer.once('error', () => outgoing.destroy());
    });
    sent.once('error', (error) => (outgoing.headersSent ? outgoing.destroy() : outgoing.writeHead(502).end(String(error))));
    outgoing.once('close', () => outgoing.writableFinished || sent.destroy());
    // What was answered before it was read whole is in the way of the connection's next request.
    outgoing.once('finish', () => {
      incoming.unpipe();
      incoming.resume();
    });
    if (to.body === undefined) incoming.pipe(sent);
    else sent.end(to.body);
  });

export const bodyOf = async (incoming: IncomingMessage): Promise<Buffer> => {
  const chunks: Buffer[] = [];
  for await (const chunk of incoming) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
};
