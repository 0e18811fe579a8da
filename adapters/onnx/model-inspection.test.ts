import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { modelInspector } from './model-inspection.ts';

// ONNX's protobuf, by hand: a graph that gives back its one input, an INT64 of shape [1], whose name takes this many bytes.
const identityOf = (nameBytes: number): Buffer => {
  const name = 'x'.repeat(nameBytes);
  const value = (of: string) => [part(1, of), part(2, part(1, number(1, 7), part(2, part(1, number(1, 1)))))];
  const graph = [
    part(1, part(1, name), part(2, 'y'), part(4, 'Identity')),
    part(2, 'g'),
    part(11, ...value(name)),
    part(12, ...value('y')),
  ];
  return Buffer.concat([number(1, 8), part(8, part(1, ''), number(2, 17)), part(7, ...graph)]);
};
const varint = (value: number): Buffer =>
  value < 128 ? Buffer.from([value]) : Buffer.concat([Buffer.from([(value % 128) + 128]), varint(Math.floor(value / 128))]);
const number = (field: number, value: number): Buffer => Buffer.concat([varint(field * 8), varint(value)]);
const part = (field: number, ...content: (Buffer | string)[]): Buffer => {
  const bytes = Buffer.concat(content.map((piece) => Buffer.from(piece)));
  return Buffer.concat([varint(field * 8 + 2), varint(bytes.length), bytes]);
};

describe('an inspection', () => {
  const inspector = modelInspector();
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'model-inspection-'));
  });
  afterEach(async () => {
    await inspector.close();
    rmSync(folder, { recursive: true });
  });
  const inspect = (model: Buffer) => {
    const path = join(folder, 'model.onnx');
    writeFileSync(path, model);
    return inspector.inspect(path);
  };

  it('tells the names of inputs and outputs', async () =>
    expect(await inspect(identityOf(3))).toMatchObject({
      inputs: [{ name: 'xxx', datatype: 'INT64', shape: [1] }],
      outputs: [{ name: 'y' }],
    }));

  it('is given up where they come to more than a process should be told', async () =>
    expect(await inspect(identityOf(5_000_000))).toMatchObject({
      code: 'not-an-onnx-model',
      detail: expect.stringContaining('come to more than'),
    }));
});
