import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Frame, frameReader, frameWriter } from './frames.ts';

type Message = { readonly frame: Frame; readonly payload: Uint8Array };

const word = fc.integer({ min: 0, max: 0xffff_ffff });
const message: fc.Arbitrary<Message> = fc.record({
  frame: fc.record({ kind: fc.integer({ min: 0, max: 255 }), id: word, first: word, second: word }),
  payload: fc.oneof(
    fc.uint8Array({ maxLength: 50 }),
    fc.integer({ min: 16_000, max: 70_000 }).map((length) => new Uint8Array(length).fill(length % 251)),
  ),
});

const written = (messages: readonly Message[]): { readonly bytes: Buffer; readonly writes: number } => {
  const chunks: Buffer[] = [];
  const writer = frameWriter(false);
  writer.attach({
    write(chunk: Uint8Array | string) {
      chunks.push(Buffer.from(chunk as Uint8Array));
      return true;
    },
  });
  for (const { frame, payload } of messages) writer.send(frame, payload);
  writer.flush();
  return { bytes: Buffer.concat(chunks), writes: chunks.length };
};

const read = (bytes: Buffer, cuts: readonly number[]): Message[] => {
  const messages: Message[] = [];
  const reader = frameReader((frame, payload) => messages.push({ frame, payload: Uint8Array.from(payload) }));
  const ends = [...cuts.map((cut) => Math.floor(cut * bytes.length)).sort((a, b) => a - b), bytes.length];
  let at = 0;
  for (const end of ends) {
    if (end > at) reader(bytes.subarray(at, end));
    at = Math.max(at, end);
  }
  return messages;
};

/** Byte by byte, the comparison of long arrays takes seconds. */
const comparable = (messages: readonly Message[]) => messages.map(({ frame, payload }) => [frame, Buffer.from(payload).toString('base64')]);

describe('frames', () => {
  it('arrive as they were sent, however the stream is cut', () => {
    const cuts = fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { maxLength: 20 });
    fc.assert(
      fc.property(fc.array(message, { maxLength: 8 }), cuts, (messages, cut) => {
        expect(comparable(read(written(messages).bytes, cut))).toEqual(comparable(messages));
      }),
      { numRuns: 60 },
    );
  });
  it('leave in one write where they are small', () => {
    const small: Message = { frame: { kind: 1, id: 2, first: 3, second: 4 }, payload: Uint8Array.of(1, 2, 3) };
    expect(written(Array.from({ length: 100 }, () => small)).writes).toBe(1);
  });
  it('carry text in UTF-8, also where it is long', () => {
    const chunks: Buffer[] = [];
    const writer = frameWriter(false);
    writer.attach({ write: (chunk: Uint8Array | string) => chunks.push(Buffer.from(chunk as Uint8Array)) > 0 });
    const texts = ['é数', 'ü'.repeat(50_000)];
    for (const text of texts) writer.sendText({ kind: 1, id: 1, first: 0, second: 0 }, text);
    writer.flush();
    expect(read(Buffer.concat(chunks), []).map(({ payload }) => Buffer.from(payload).toString())).toEqual(texts);
  });
  it('wait for a place to go', () => {
    const chunks: Buffer[] = [];
    const writer = frameWriter(false);
    writer.send({ kind: 7, id: 1, first: 0, second: 0 }, new Uint8Array(0));
    writer.flush();
    writer.attach({ write: (chunk: Uint8Array | string) => chunks.push(Buffer.from(chunk as Uint8Array)) > 0 });
    expect(read(Buffer.concat(chunks), []).map(({ frame }) => frame.kind)).toEqual([7]);
  });
});
