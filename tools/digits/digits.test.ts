import { fileURLToPath } from 'node:url';
import { InferenceSession, Tensor } from 'onnxruntime-node';
import { describe, expect, it } from 'vitest';
import heldOut from '../../examples/digits/held-out.json' with { type: 'json' };

const images = (rows: readonly (readonly number[])[]): Tensor => new Tensor('float32', Float32Array.from(rows.flat()), [rows.length, 64]);

const open = (version: string) =>
  InferenceSession.create(fileURLToPath(new URL(`../../examples/digits/${version}.onnx`, import.meta.url)), { logSeverityLevel: 3 });

const labelsOf = async (session: InferenceSession, rows: readonly (readonly number[])[]): Promise<readonly number[]> => {
  const { label, probabilities } = await session.run({ image: images(rows) });
  expect(label?.dims).toEqual([rows.length]);
  expect(probabilities?.dims).toEqual([rows.length, 10]);
  return Array.from(label?.data as BigInt64Array, Number);
};

const accuracy = (labels: readonly number[]): number =>
  labels.filter((label, index) => label === heldOut.labels[index]).length / labels.length;

describe('the digit classifiers', () => {
  it('are measured on at least 350 images of 64 pixels from 0 to 16', () => {
    expect(heldOut.images.length).toBeGreaterThanOrEqual(350);
    expect(heldOut.labels).toHaveLength(heldOut.images.length);
    expect(heldOut.images.every((image) => image.length === 64 && image.every((pixel) => pixel >= 0 && pixel <= 16))).toBe(true);
  });

  it.each([
    ['v1', 0.9694],
    ['v2', 0.9806],
  ])('%s has the accuracy that its README states', async (version, stated) => {
    expect(accuracy(await labelsOf(await open(version), heldOut.images))).toBeCloseTo(stated, 4);
  });

  it.each(['v1', 'v2'])('%s answers a single image as it does in a batch', async (version) => {
    const session = await open(version);
    const batch = await labelsOf(session, heldOut.images.slice(0, 20));
    const single = await Promise.all(heldOut.images.slice(0, 20).map((image) => labelsOf(session, [image])));
    expect(single.flat()).toEqual(batch);
  });
});
