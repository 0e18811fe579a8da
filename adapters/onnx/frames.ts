import type { Socket } from 'node:net';

/**
 * Messages on the pipe between a model host and its process, alike both ways: a header of 17 bytes (payload length, id, two numbers, each an
 * unsigned 32-bit integer, little endian; then the kind, one byte) and the payload. What is said within one turn of the event loop
 * leaves in few writes.
 */
export type Frame = { readonly kind: number; readonly id: number; readonly first: number; readonly second: number };
export type FrameHandler = (frame: Frame, payload: Buffer) => void;

export const frameHeaderBytes = 17;
const bufferBytes = 64 * 1024;
/** From here on copying a payload costs more than a write of its own. */
const largePayload = 16 * 1024;
/** A write with this many does not wait for the turn's end: the other process begins while this one goes on. */
const framesAWrite = 8;

export type FrameWriter = {
  send(frame: Frame, payload: Uint8Array): void;
  /** The text in UTF-8. */
  sendText(frame: Frame, text: string): void;
  flush(): void;
  /** Where frames go; what was sent before waits for it. */
  attach(socket: Pick<Socket, 'write'>): void;
};

/** `flushesItself` is off where the sender knows best when its batch is complete. */
export const frameWriter = (flushesItself = true): FrameWriter => {
  const spare: Buffer[] = [];
  const waiting: Buffer[] = [];
  let socket: Pick<Socket, 'write'> | undefined;
  let buffer: Buffer = Buffer.allocUnsafeSlow(bufferBytes);
  let used = 0;
  let scheduled = false;
  let unsent = 0;

  const emit = (bytes: Buffer, sent?: () => void): void => {
    if (socket === undefined) waiting.push(bytes);
    else socket.write(bytes, sent);
  };

  const flush = (): void => {
    scheduled = false;
    unsent = 0;
    if (used === 0) return;
    const full = buffer;
    emit(full.subarray(0, used), () => spare.length < 4 && spare.push(full));
    buffer = spare.pop() ?? Buffer.allocUnsafeSlow(bufferBytes);
    used = 0;
  };

  const schedule = (): void => {
    if (!flushesItself) return;
    if (++unsent >= framesAWrite) flush();
    else if (!scheduled) scheduleFlush();
  };

  const scheduleFlush = (): void => {
    scheduled = true;
    setImmediate(flush);
  };

  const makeRoom = (bytes: number): void => {
    if (used + bytes > bufferBytes) flush();
  };

  const writeHeader = ({ kind, id, first, second }: Frame, payloadBytes: number): void => {
    buffer.writeUInt32LE(payloadBytes, used);
    buffer.writeUInt32LE(id, used + 4);
    buffer.writeUInt32LE(first, used + 8);
    buffer.writeUInt32LE(second, used + 12);
    buffer[used + 16] = kind;
    used += frameHeaderBytes;
  };

  const send: FrameWriter['send'] = (frame, payload) => {
    const copied = payload.length < largePayload;
    makeRoom(frameHeaderBytes + (copied ? payload.length : 0));
    writeHeader(frame, payload.length);
    if (copied) {
      buffer.set(payload, used);
      used += payload.length;
      schedule();
      return;
    }
    flush();
    emit(Buffer.from(payload.buffer, payload.byteOffset, payload.length));
  };

  return {
    send,
    flush,
    sendText(frame, text) {
      // A UTF-16 unit takes at most three bytes of UTF-8.
      if (text.length * 3 >= largePayload) {
        send(frame, Buffer.from(text));
        return;
      }
      makeRoom(frameHeaderBytes + text.length * 3);
      const written = buffer.write(text, used + frameHeaderBytes);
      writeHeader(frame, written);
      used += written;
      schedule();
    },
    attach(to) {
      socket = to;
      for (const bytes of waiting.splice(0)) to.write(bytes);
    },
  };
};

/** Cuts a stream of chunks into frames. A payload is valid as long as it is held: small ones share their chunk's memory. */
export const frameReader = (handle: FrameHandler): ((chunk: Buffer) => void) => {
  let partial: Buffer[] = [];
  let partialBytes = 0;
  let wanted = 0;

  const keep = (rest: Buffer): void => {
    partial = rest.length === 0 ? [] : [rest];
    partialBytes = rest.length;
    wanted = rest.length < frameHeaderBytes ? frameHeaderBytes : frameHeaderBytes + rest.readUInt32LE(0);
  };

  const readFrames = (bytes: Buffer): Buffer => {
    let at = 0;
    while (bytes.length - at >= frameHeaderBytes) {
      const end = at + frameHeaderBytes + bytes.readUInt32LE(at);
      if (end > bytes.length) break;
      const frame = {
        id: bytes.readUInt32LE(at + 4),
        first: bytes.readUInt32LE(at + 8),
        second: bytes.readUInt32LE(at + 12),
        kind: bytes[at + 16] as number,
      };
      handle(frame, bytes.subarray(at + frameHeaderBytes, end));
      at = end;
    }
    return bytes.subarray(at);
  };

  return (chunk) => {
    if (partialBytes === 0) {
      keep(readFrames(chunk));
      return;
    }
    partial.push(chunk);
    partialBytes += chunk.length;
    // Joined once a frame is complete, not for every chunk: a large payload comes in hundreds of them.
    if (partialBytes >= wanted) keep(readFrames(Buffer.concat(partial)));
  };
};
