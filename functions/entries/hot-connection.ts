import { STATUS_CODES } from 'node:http';
import type { Socket } from 'node:net';
import type { HotAnswer, HotRequest } from '../inference/hot-path.ts';
import { type HotHead, parseHotHead } from './hot-head.ts';

export type HotConnections = {
  /** Serves a new connection for as long as it brings plain inference requests, and then hands it over with all that was not answered yet. */
  accept(socket: Socket): void;
  /** Ends connections as they fall idle: whoever is answered is told that this was the last answer. */
  close(): void;
};

type Serve = {
  readonly infer: (request: HotRequest) => Promise<HotAnswer>;
  /** Takes a connection over: node's HTTP server. */
  readonly handOver: (socket: Socket) => void;
  readonly idleMillis: number;
};

const endOfHead = Buffer.from('\r\n\r\n');
const largestHeadBytes = 16 * 1024;

/**
 * The short way for inference begins at the socket: a request of the plainest kind (see `parseHotHead`) that arrives whole, in one piece and alone,
 * is answered without node's parser and its streams, which are more than half of what an inference with a small model costs. `bench/infer.ts` measures it.
 * Everything else on a connection is node's from there on: parsing, time-outs and refusals.
 */
export const hotConnections = ({ infer, handOver, idleMillis }: Serve): HotConnections => {
  const idle = new Set<Socket>();
  const keepAlive = `keep-alive\r\nkeep-alive: timeout=${Math.floor(idleMillis / second)}`;
  let closing = false;

  const accept = (socket: Socket): void => {
    let busy = false;
    // The head of the last request: a connection mostly brings the same one again.
    let text = '';
    let head: HotHead | undefined;
    let early: Buffer | undefined;

    const yieldTo = (rest: Buffer | undefined): void => {
      idle.delete(socket);
      socket.pause();
      socket
        .off('data', receive)
        .off('timeout', expire)
        .off('end', finish)
        .off('drain', resume)
        .off('close', forget)
        .off('error', ignore)
        .setTimeout(0);
      if (rest !== undefined) socket.unshift(rest);
      handOver(socket);
      socket.resume();
    };

    const answered = (answer: HotAnswer): void => {
      busy = false;
      if (socket.destroyed) return;
      const last = closing || socket.readableEnded;
      const taken = socket.write(messageOf(answer, last ? 'close' : keepAlive), 'latin1');
      if (last) socket.end();
      else if (early !== undefined) yieldTo(early);
      else {
        idle.add(socket);
        // Who does not read its answers is not read from either.
        if (!taken) socket.pause().once('drain', resume);
      }
    };

    const receive = (chunk: Buffer): void => {
      if (busy) {
        early = early === undefined ? chunk : Buffer.concat([early, chunk]);
        socket.pause();
        return;
      }
      const end = chunk.indexOf(endOfHead);
      if (end < 0 || end > largestHeadBytes) {
        yieldTo(chunk);
        return;
      }
      const received = chunk.toString('latin1', 0, end);
      if (received !== text) {
        text = received;
        head = parseHotHead(received);
      }
      const body = chunk.subarray(end + endOfHead.length);
      if (head === undefined || body.length !== head.contentLength) {
        yieldTo(chunk);
        return;
      }
      busy = true;
      idle.delete(socket);
      const { target, authorization, traceparent, contentType, contentEncoding } = head;
      infer({ target, authorization, traceparent, contentType, contentEncoding, body }).then(answered, abandon);
    };

    const abandon = (): void => void socket.destroy();
    const expire = (): void => {
      if (!busy) socket.destroy();
    };
    const forget = (): void => void idle.delete(socket);
    const resume = (): void => void socket.resume();
    // Node's server keeps connections half open, so that who has sent all still hears the answer.
    const finish = (): void => {
      if (!busy) socket.end();
    };

    if (closing) {
      abandon();
      return;
    }
    idle.add(socket);
    socket.on('data', receive).on('timeout', expire).on('end', finish).on('close', forget).on('error', ignore).setTimeout(idleMillis);
  };

  return {
    accept,
    close() {
      closing = true;
      for (const socket of idle) socket.destroy();
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
