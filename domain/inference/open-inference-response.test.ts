import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Failure, isFailure } from '../kernel/failure.ts';
import type { Datatype } from '../kernel/model-host.ts';
import type { TensorData } from './datatype.ts';
import { halfFromNumber } from './half.ts';
import { encodeResponse, responseText } from './open-inference-response.ts';

const model = { name: 'digits', version: '3' };
const answer = (datatype: Datatype, data: TensorData, shape: readonly number[] = [data.length], declared: readonly number[] = [-1]) =>
  responseText(model, undefined, [{ name: 'y', datatype, shape, data }], {
    inputs: [],
    outputs: [{ name: 'y', datatype, shape: declared }],
  });
const dataOf = (text: string | Failure): unknown => JSON.parse(text as string).outputs[0].data;

describe('a response of the Open Inference Protocol', () => {
  it('names the model, echoes the id and gives the outputs flat', () => {
    const y = { name: 'y"', datatype: 'FP32', shape: [2, 2], data: Float32Array.of(1, 2.5, -3, 4) } as const;
    const body = encodeResponse(model, 'é', [y], { inputs: [], outputs: [{ name: 'y"', datatype: 'FP32', shape: [-1, 2] }] });
    expect(JSON.parse(new TextDecoder().decode(body as Uint8Array))).toEqual({
      model_name: 'digits',
      model_version: '3',
      id: 'é',
      outputs: [{ name: 'y"', datatype: 'FP32', shape: [2, 2], data: [1, 2.5, -3, 4] }],
    });
  });
  it('has no id where the request had none', () =>
    expect(JSON.parse(answer('FP32', Float32Array.of(1)) as string)).not.toHaveProperty('id'));
  it('writes 64-bit integers digit by digit', () => {
    expect(answer('INT64', BigInt64Array.of(-(2n ** 63n), 2n ** 63n - 1n))).toContain('"data":[-9223372036854775808,9223372036854775807]');
    expect(answer('UINT64', BigUint64Array.of(2n ** 64n - 1n))).toContain('"data":[18446744073709551615]');
  });
  it('writes truth values, strings and half floats as JSON has them', () => {
    expect(dataOf(answer('BOOL', Uint8Array.of(1, 0)))).toEqual([true, false]);
    expect(dataOf(answer('BYTES', ['a"b', 'ü\n']))).toEqual(['a"b', 'ü\n']);
    expect(dataOf(answer('FP16', Uint16Array.of(halfFromNumber(0.5), halfFromNumber(-2))))).toEqual([0.5, -2]);
  });
  it('gives a float back as the same float', () => {
    fc.assert(
      fc.property(fc.float32Array({ noNaN: true, noDefaultInfinity: true }), (data) => {
        expect(Float32Array.from(dataOf(answer('FP32', data)) as number[])).toEqual(data.map((value) => value + 0));
      }),
    );
    fc.assert(
      fc.property(fc.float64Array({ noNaN: true, noDefaultInfinity: true }), (data) => {
        expect(Float64Array.from(dataOf(answer('FP64', data)) as number[])).toEqual(data.map((value) => value + 0));
      }),
    );
  });
  it.each<[Datatype, TensorData]>([
    ['FP32', Float32Array.of(1, Number.NaN)],
    ['FP64', Float64Array.of(Number.POSITIVE_INFINITY)],
    ['FP16', Uint16Array.of(0xfc00)],
  ])('is refused where a %s is not finite', (datatype, data) =>
    expect(answer(datatype, data)).toMatchObject({ failure: 'invalid', code: 'non-finite-output' }),
  );
  it.each<[string, ReturnType<typeof answer>]>([
    ['rank', answer('FP32', Float32Array.of(1), [1, 1])],
    ['fixed dimension', answer('FP32', Float32Array.of(1, 2, 3), [1, 3], [-1, 2])],
    ['number of elements', answer('FP32', Float32Array.of(1, 2, 3), [2])],
    [
      'datatype',
      responseText(model, undefined, [{ name: 'y', datatype: 'FP64', shape: [1], data: Float64Array.of(1) }], {
        inputs: [],
        outputs: [{ name: 'y', datatype: 'FP32', shape: [1] }],
      }),
    ],
    [
      'name',
      responseText(model, undefined, [{ name: 'z', datatype: 'FP32', shape: [1], data: Float32Array.of(1) }], {
        inputs: [],
        outputs: [{ name: 'y', datatype: 'FP32', shape: [1] }],
      }),
    ],
  ])('is refused where an output has another %s than declared', (_what, outcome) => {
    expect(isFailure(outcome)).toBe(true);
    expect(outcome).toMatchObject({ failure: 'invalid', code: 'output-mismatch' });
  });
});
