import { STATUS_CODES } from 'node:http';
import type { Socket } from 'node:net';
import type { HotAnswer, HotRequest } from '../inference/hot-path.ts';
import { type HotHead, parseHotHead } from './hot-head.ts';

export type HotConnections = {
  /** Serves a new connection for as long as it brings plain inference requests, and then hands it over with all that was not answered yet. */
  accept(socket: Socket): void;
  /** Ends connections as they fall idle, and all of them in the end: whoever is answered is told that this was the last answer. */
  close(): void;
};

type Serve = {
  readonly infer: (request: HotRequest) => Promise<HotAnswer>;
  /** Takes a connection over: node's HTTP server. */
  readonly handOver: (socket: Socket) => void;
  readonly idleMillis: number;
  /** How long closing may take; who has not read its answer by then is cut off. */
  readonly closeMillis: number;
};

const endOfHead = Buffer.from('\r\n\r\n');
/** What clients send is a tenth of it. Each connection remembers its last head, and so many lines are fewer than node would count. */
const largestHeadBytes = 4 * 1024;
/** Whoever was just answered may have its next request on the way; it is answered still. */
const lastRequestMillis = 50;

/**
 * The short way for inference begins at the socket: a request of the plainest kind (see `parseHotHead`) that arrives whole, in one piece and alone,
 * is answered without node's parser and its streams, which are more than half of what an inference with a small model costs. `bench/infer.ts` measures it.
 * Everything else on a connection is node's from there on: parsing, time-outs and refusals.
 */
export const hotConnections = ({ infer, handOver, idleMillis, closeMillis }: Serve): HotConnections => {
  /** Every connection that is not node's, and how it is let go when it has nothing to do. */
  const held = new Map<Socket, () => void>();
  const keepAlive = `keep-alive\r\nkeep-alive: timeout=${Math.floor(idleMillis / second)}`;
  let closing = false;

  const accept = (socket: Socket): void => {
    let busy = false;
    // The head of the last request: a connection mostly brings the same one again.
    let text = '';
    let head: HotHead | undefined;

    /** Back into the stream, before whatever else comes, its end included: a stream that has ended takes nothing back. */
    const putBack = (chunk: Buffer): void => socket.pause().unshift(chunk);

    const yieldFrom = (chunk: Buffer): void => {
      held.delete(socket);
      putBack(chunk);
      socket
        .off('data', receive)
        .off('timeout', expire)
        .off('end', finish)
        .off('drain', resume)
        .off('close', forget)
        .off('error', ignore)
        .setTimeout(0);
      handOver(socket);
      socket.resume();
    };

    const answered = (answer: HotAnswer): void => {
      busy = false;
      if (socket.destroyed) return;
      const last = closing || socket.readableEnded;
      const taken = socket.write(messageOf(answer, last ? 'close' : keepAlive), 'latin1');
      if (last) leave();
      // What came meanwhile is next; but who does not read its answers is not read from either.
      else if (taken) socket.resume();
      else socket.pause().once('drain', resume);
    };

    const receive = (chunk: Buffer): void => {
      if (busy) {
        putBack(chunk);
        return;
      }
      const end = chunk.indexOf(endOfHead);
      if (end < 0 || end > largestHeadBytes) {
        yieldFrom(chunk);
        return;
      }
      const received = chunk.toString('latin1', 0, end);
      if (received !== text) {
        text = received;
        head = parseHotHead(received);
      }
      const body = chunk.subarray(end + endOfHead.length);
      if (head === undefined || body.length !== head.contentLength) {
        yieldFrom(chunk);
        return;
      }
      busy = true;
      const { target, authorization, traceparent, contentType, contentEncoding } = head;
      infer({ target, authorization, traceparent, contentType, contentEncoding, body }).then(answered).catch(abandon);
    };

    const abandon = (): void => void socket.destroy();
    const expire = (): void => {
      if (!busy) socket.destroy();
    };
    const forget = (): void => void held.delete(socket);
    const resume = (): void => void socket.resume();
    // Connections stay half open while they are busy: who has sent all still hears the answer.
    const finish = (): void => {
      if (!busy) socket.end();
    };
    /** Nothing more is read, and the connection is gone as soon as the last answer has left. */
    const leave = (): void => {
      if (!busy) socket.pause().destroySoon();
    };

    if (closing) {
      abandon();
      return;
    }
    held.set(socket, leave);
    socket.on('data', receive).on('timeout', expire).on('end', finish).on('close', forget).on('error', ignore).setTimeout(idleMillis);
  };

  return {
    accept,
    close() {
      closing = true;
      setTimeout(() => {
        for (const leave of held.values()) leave();
      }, lastRequestMillis);
      setTimeout(() => {
        for (const socket of held.keys()) socket.destroy();
      }, closeMillis).unref();
    },
  };
};

/** Who went away does not hear the answer; `close` follows. */
const ignore = (): void => undefined;

/** The whole answer as Latin-1 text, in which the body's bytes stay what they are: one write. */
const messageOf = (answer: HotAnswer, connection: string): string => {
  const body = bodyOf(answer);
  let head = `HTTP/1.1 ${answer.status} ${STATUS_CODES[answer.status] ?? ''}\r\ntraceparent: ${answer.traceparent}\r\n`;
  for (const name in answer.headers) head += `${name}: ${answer.headers[name]}\r\n`;
  return `${head}date: ${date()}\r\nconnection: ${connection}\r\ncontent-length: ${body.length}\r\n\r\n${body}`;
};

/** The body of an inference's answer as Latin-1 text. */
export const bodyOf = ({ stream, body }: HotAnswer): string => {
  const bytes = stream instanceof Uint8Array ? stream : Buffer.from(JSON.stringify(body));
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('latin1');
};

const second = 1000;
let dateText = '';
let dateOf = Number.NaN;
/** IMF-fixdate, made once a second. */
const date = (): string => {
  const now = Math.floor(Date.now() / second);
  if (now !== dateOf) dateText = new Date(now * second).toUTCString();
  dateOf = now;
  return dateText;
};
