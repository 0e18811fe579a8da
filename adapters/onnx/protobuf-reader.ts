import { readSync } from 'node:fs';
import { failed, Rejected } from '../../domain/kernel/failure.ts';

/**
 * Protocol Buffers' wire format (https://protobuf.dev/programming-guides/encoding/) read from a file by position: what is skipped is not read.
 * Stricter than a parser has to be: encodings that only a forger writes (a tag past 32 bits, which other parsers wrap round) are refused.
 */
export type Field = {
  readonly number: number;
  readonly wireType: 0 | 1 | 2 | 5;
  /** Of wire type 0: whether any bit is set. */
  readonly nonZero: boolean;
  /** Where the value of wire type 2 begins and ends in the file. */
  readonly start: number;
  readonly end: number;
};

const windowBytes = 64 * 1024;
const longestLength = 2 ** 31 - 1;

const broken = (): Rejected =>
  new Rejected(failed('invalid', 'not-an-onnx-model', 'The file is not an ONNX model: its protobuf encoding is broken.'));

export type ProtobufFile = {
  readonly size: number;
  /** The fields of the message from `start` to `end`, in order. Throws `Rejected` `not-an-onnx-model` where they are broken. */
  fields(start: number, end: number): IterableIterator<Field>;
  text(field: Field): string;
};

export const protobufFile = (file: number, size: number): ProtobufFile => {
  const window = Buffer.alloc(windowBytes);
  let windowStart = 0;
  let windowEnd = 0;

  const byteAt = (position: number): number => {
    if (position < windowStart || position >= windowEnd) {
      windowStart = position;
      windowEnd = position + readSync(file, window, 0, windowBytes, position);
      if (position >= windowEnd) throw broken();
    }
    return window[position - windowStart] as number;
  };

  /** Only lengths and tags need their value; it is exact up to 2^53. */
  const varint = (start: number, end: number, mostBytes: number): { value: number; next: number } => {
    let value = 0;
    for (let i = 0; i < mostBytes && start + i < end; i++) {
      const byte = byteAt(start + i);
      value += (byte & 0x7f) * 2 ** (7 * i);
      if (byte < 0x80) return { value, next: start + i + 1 };
    }
    throw broken();
  };

  const fieldAt = (position: number, end: number): { field: Field; next: number } => {
    const { value: tag, next } = varint(position, end, 5);
    const number = Math.floor(tag / 8);
    if (tag > 0xffff_ffff || number === 0) throw broken();
    switch (tag % 8) {
      case 0: {
        const { value, next: after } = varint(next, end, 10);
        return { field: { number, wireType: 0, nonZero: value !== 0, start: next, end: after }, next: after };
      }
      case 1:
        return fixed(number, 1, next, next + 8, end);
      case 2: {
        const { value: length, next: start } = varint(next, end, 5);
        if (length > longestLength) throw broken();
        return fixed(number, 2, start, start + length, end);
      }
      case 5:
        return fixed(number, 5, next, next + 4, end);
      default:
        throw broken();
    }
  };

  const fixed = (number: number, wireType: 1 | 2 | 5, start: number, next: number, end: number) => {
    if (next > end) throw broken();
    return { field: { number, wireType, nonZero: false, start, end: next } as const, next };
  };

  return {
    size,
    *fields(start, end) {
      for (let position = start; position < end; ) {
        const { field, next } = fieldAt(position, end);
        yield field;
        position = next;
      }
    },
    text({ start, end }) {
      const bytes = Buffer.alloc(Math.min(end - start, windowBytes));
      readSync(file, bytes, 0, bytes.length, start);
      return bytes.toString();
    },
  };
};
