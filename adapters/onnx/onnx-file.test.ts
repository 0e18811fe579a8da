import { closeSync, mkdtempSync, openSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Rejected } from '../../domain/kernel/failure.ts';
import { type OnnxFile, readOnnxFile } from './onnx-file.ts';
import { protobufFile } from './protobuf-reader.ts';

const varint = (value: number): Buffer => {
  const bytes: number[] = [];
  let rest = value;
  for (; rest >= 128; rest = Math.floor(rest / 128)) bytes.push((rest % 128) + 128);
  return Buffer.from([...bytes, rest]);
};
const number = (field: number, value: number): Buffer => Buffer.concat([varint(field * 8), varint(value)]);
const part = (field: number, ...content: (Buffer | string)[]): Buffer => {
  const bytes = Buffer.concat(content.map((piece) => Buffer.from(piece)));
  return Buffer.concat([varint(field * 8 + 2), varint(bytes.length), bytes]);
};
const model = (...graph: Buffer[]): Buffer => Buffer.concat([number(1, 8), part(7, ...graph)]);

const reading = (bytes: Uint8Array): OnnxFile => {
  const folder = mkdtempSync(join(tmpdir(), 'onnx-file-'));
  const path = join(folder, 'model');
  writeFileSync(path, bytes);
  const file = openSync(path, 'r');
  try {
    return readOnnxFile(protobufFile(file, bytes.length));
  } finally {
    closeSync(file);
    rmSync(folder, { recursive: true });
  }
};

const refusal = (bytes: Uint8Array): string => {
  try {
    reading(bytes);
  } catch (error) {
    return error instanceof Rejected ? error.failure.code : String(error);
  }
  return 'accepted';
};

const initializer = (...fields: Buffer[]): Buffer => model(part(5, ...fields));
const external = part(5, number(14, 1));
/** Graphs within attributes of nodes, `depth` of them. */
const nested = (depth: number, innermost: Buffer): Buffer =>
  depth === 0 ? innermost : part(1, part(5, part(6, nested(depth - 1, innermost))));

describe('the file of an ONNX model', () => {
  it('is accepted with its data inside', () => expect(refusal(initializer(number(2, 1), part(9, Buffer.alloc(100_000))))).toBe('accepted'));
  it('tells which values declare their rank', () => {
    const value = (name: string, ...tensor: Buffer[]) => part(12, part(1, name), part(2, part(1, number(1, 1), ...tensor)));
    expect([...reading(model(value('scalar', part(2)), value('unknown'))).ranked]).toEqual(['scalar']);
  });
  it.each<[string, Buffer]>([
    ['a location', initializer(number(14, 1))],
    ['a location that wraps round to it at 32 bits', initializer(number(14, 2 ** 32 + 1))],
    ['a location that is taken back', initializer(number(14, 1), number(14, 0))],
    ['an entry alone', initializer(part(13, part(1, 'location'), part(2, '/etc/passwd')))],
    ['behind 100 kB', initializer(part(9, Buffer.alloc(100_000)), number(14, 1))],
    ['a subgraph, ten deep', model(nested(10, external))],
    ['a training step', Buffer.concat([model(), part(20, part(2, external))])],
    ['the second of two graphs', Buffer.concat([model(), part(7, external)])],
    ['a default of a function', Buffer.concat([model(), part(25, part(11, part(5, number(14, 1))))])],
    ['a node that wraps a compiled file', model(part(1, part(4, 'EPContext')))],
  ])('is refused where it points outside: %s', (_where, bytes) => expect(refusal(bytes)).toBe('external-data'));
  it.each<[string, Buffer]>([
    ['empty', Buffer.alloc(0)],
    ['without a graph', number(1, 8)],
    ['without an IR version', part(7)],
    ['cut off', initializer(part(9, Buffer.alloc(1000))).subarray(0, 500)],
    ['a length past its message', Buffer.concat([number(1, 8), Buffer.from([0x3a, 0x05, 0x0a, 0x7f])])],
    ['a group, which ONNX never has', Buffer.concat([model(), Buffer.from([0x0b, 0x0c])])],
    ['a field numbered 0', Buffer.concat([model(), Buffer.from([0x02, 0x00])])],
    ['a tag that wraps round at 32 bits', model(Buffer.from([0xaa, 0x80, 0x80, 0x80, 0x10, 0x02, 0x70, 0x01]))],
    ['a number without end', Buffer.concat([Buffer.from([0x08]), Buffer.alloc(11, 0xff)])],
    ['nested without measure', model(nested(60, Buffer.alloc(0)))],
  ])('is no model where it is %s', (_what, bytes) => expect(refusal(bytes)).toBe('not-an-onnx-model'));
  it('is judged whatever its bytes are', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 60 }), (tail) => {
        expect(['accepted', 'external-data', 'not-an-onnx-model']).toContain(refusal(Buffer.concat([model(), tail])));
      }),
    );
  });
});
