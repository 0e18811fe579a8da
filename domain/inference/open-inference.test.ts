import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Failure, isFailure } from '../kernel/failure.ts';
import type { Datatype, Signature } from '../kernel/model-host.ts';
import { decodeRequest, type InferenceRequest, rowsOf } from './open-inference.ts';

const bytes = (body: unknown): Uint8Array => new TextEncoder().encode(typeof body === 'string' ? body : JSON.stringify(body));
const taking = (datatype: Datatype, shape: readonly number[] = [-1]): Signature => ({
  inputs: [{ name: 'x', datatype, shape }],
  outputs: [],
});
const pairs: Signature = { inputs: [{ name: 'x', datatype: 'FP32', shape: [-1, 2] }], outputs: [] };
const two: Signature = {
  inputs: [
    { name: 'a', datatype: 'FP32', shape: [-1] },
    { name: 'b', datatype: 'INT64', shape: [-1] },
  ],
  outputs: [
    { name: 'y', datatype: 'FP32', shape: [-1] },
    { name: 'z', datatype: 'FP32', shape: [-1] },
  ],
};
const a = { name: 'a', datatype: 'FP32', shape: [1], data: [1] };
const b = { name: 'b', datatype: 'INT64', shape: [1], data: [2] };

const decoded = (body: unknown, signature: Signature): InferenceRequest => {
  const request = decodeRequest(bytes(body), signature);
  expect(request).not.toHaveProperty('failure');
  return request as InferenceRequest;
};
const refused = (body: unknown, signature: Signature): Failure => {
  const request = decodeRequest(bytes(body), signature);
  expect(isFailure(request)).toBe(true);
  return request as Failure;
};
const input = (datatype: Datatype, data: unknown, shape: unknown = [(data as unknown[]).length]) => ({
  inputs: [{ name: 'x', datatype, shape, data }],
});
const values = (datatype: Datatype, data: unknown[]): unknown[] =>
  Array.from<unknown>(decoded(input(datatype, data), taking(datatype)).inputs[0]?.data ?? []);

describe('a request of the Open Inference Protocol', () => {
  it('is read with its id', () => expect(decoded({ id: 'r1', ...input('FP32', [1.5]) }, taking('FP32')).id).toBe('r1'));
  it('takes data flat or nested alike', () => {
    const flat = decoded(input('FP32', [1, 2, 3, 4], [2, 2]), pairs);
    expect(
      decoded(
        input(
          'FP32',
          [
            [1, 2],
            [3, 4],
          ],
          [2, 2],
        ),
        pairs,
      ),
    ).toEqual(flat);
  });
  it('takes its inputs in any order and gives them in that of the model', () =>
    expect(decoded({ inputs: [b, a] }, two).inputs.map((tensor) => tensor.name)).toEqual(['a', 'b']));
  it('chooses and orders the outputs', () =>
    expect(decoded({ inputs: [a, b], outputs: [{ name: 'z' }, { name: 'y' }] }, two).outputs).toEqual(['z', 'y']));
  it('is billed for the first dimension of the first input', () =>
    expect(rowsOf(decoded(input('FP32', [1, 2, 3, 4], [2, 2]), pairs).inputs)).toBe(2));
  it('is billed for one row where that input is a scalar', () =>
    expect(rowsOf(decoded(input('FP32', [1], []), taking('FP32', [])).inputs)).toBe(1));
  it('may give a scalar without a list', () =>
    expect(decoded(input('FP32', 7, []), taking('FP32', [])).inputs[0]?.data).toEqual(Float32Array.of(7)));
  it('may have no rows', () => expect(decoded(input('FP32', [], [0, 2]), pairs).inputs[0]?.shape).toEqual([0, 2]));
  it('ignores parameters', () =>
    expect(decoded({ parameters: { binary_data_output: true }, ...input('FP32', [1]) }, taking('FP32')).outputs).toEqual([]));
});

describe('an element', () => {
  it.each<[Datatype, unknown[]]>([
    ['BOOL', [true, false]],
    ['UINT8', [0, 255]],
    ['UINT16', [0, 65535]],
    ['UINT32', [0, 4294967295]],
    ['INT8', [-128, 127]],
    ['INT16', [-32768, 32767]],
    ['INT32', [-2147483648, 2147483647]],
    ['FP32', [0.5, -3.25]],
    ['FP64', [0.1, 1e300]],
    ['BYTES', ['', 'héllo "x"', '数']],
  ])('of %s is taken as it is', (datatype, data) => expect(values(datatype, data)).toEqual(datatype === 'BOOL' ? [1, 0] : data));
  it.each<[Datatype, number]>([
    ['INT64', Number.MAX_SAFE_INTEGER],
    ['INT64', -Number.MAX_SAFE_INTEGER],
    ['UINT64', Number.MAX_SAFE_INTEGER],
  ])('of %s is exact at %d', (datatype, value) => expect(values(datatype, [value])).toEqual([BigInt(value)]));
  it.each<[Datatype, string]>([
    ['BOOL', '1'],
    ['UINT8', '256'],
    ['UINT8', '-1'],
    ['INT8', '1.5'],
    ['INT32', '2147483648'],
    ['INT32', '"1"'],
    ['INT64', '9007199254740992'],
    ['UINT64', '-1'],
    ['FP32', 'null'],
    ['BYTES', '1'],
  ])('of %s cannot be %s', (datatype, json) =>
    expect(refused(`{"inputs":[{"name":"x","datatype":"${datatype}","shape":[1],"data":[${json}]}]}`, taking(datatype)).code).toBe(
      'invalid-tensor',
    ),
  );
  it.each<[Datatype, string]>([
    ['FP32', '1e999'],
    ['FP32', '1e39'],
    ['FP16', '65520'],
    ['FP64', '-1e999'],
    ['INT64', '1e999'],
    ['FP32', 'NaN'],
    ['FP64', '-Infinity'],
  ])('of %s that is not finite is named so: %s', (datatype, json) =>
    expect(refused(`{"inputs":[{"name":"x","datatype":"${datatype}","shape":[1],"data":[${json}]}]}`, taking(datatype)).code).toBe(
      'non-finite-number',
    ),
  );
  it('that is wrong is named with its place', () =>
    expect(refused(input('UINT8', [1, 2, 300]), taking('UINT8')).detail).toContain('Element 2 of the input "x"'));
});

describe('a request that is wrong', () => {
  it.each<[string, unknown]>([
    ['not JSON', 'nonsense'],
    ['an empty body', ''],
    ['a list', '[]'],
    ['null', 'null'],
    ['an id that is no string', { id: 1, ...input('FP32', [1]) }],
    ['an id of 257 characters', { id: 'x'.repeat(257), ...input('FP32', [1]) }],
    ['no inputs', {}],
    ['an input that is no object', { inputs: [1] }],
    ['outputs that are no list', { ...input('FP32', [1]), outputs: 'y' }],
    ['nesting of 10,000 levels', `{"inputs":${'['.repeat(10_000)}${']'.repeat(10_000)}}`],
  ])('is refused as a request: %s', (_what, body) => expect(refused(body, taking('FP32')).code).toBe('invalid-request'));
  it.each<[string, unknown]>([
    ['an unknown input', { inputs: [a, b, { ...a, name: 'c' }] }],
    ['a missing input', { inputs: [a] }],
    ['an input given twice', { inputs: [a, b, a] }],
    ['another datatype', { inputs: [{ ...a, datatype: 'FP64' }, b] }],
    ['another rank', { inputs: [{ ...a, shape: [1, 1] }, b] }],
    ['too few elements', { inputs: [{ ...a, shape: [2] }, b] }],
    ['too many elements', { inputs: [{ ...a, data: [1, 2] }, b] }],
    ['a negative dimension', { inputs: [{ ...a, shape: [-1] }, b] }],
    ['a fractional dimension', { inputs: [{ ...a, shape: [1.5] }, b] }],
    ['no shape', { inputs: [{ ...a, shape: undefined }, b] }],
    ['no data', { inputs: [{ ...a, data: undefined }, b] }],
    ['a claim of memory', { inputs: [{ ...a, shape: [2 ** 31 - 1] }, b] }],
    ['an unknown output', { inputs: [a, b], outputs: [{ name: 'w' }] }],
    ['an output asked for twice', { inputs: [a, b], outputs: [{ name: 'y' }, { name: 'y' }] }],
  ])('is refused as a tensor: %s', (_what, body) =>
    expect(refused(body, two)).toMatchObject({ failure: 'invalid', code: 'invalid-tensor' }),
  );
  it('is refused where a fixed dimension differs', () =>
    expect(refused(input('FP32', [1, 2, 3], [1, 3]), pairs).detail).toContain('[-1, 2]'));
  it.each([
    [[[1, 2], [3]]],
    [[[1, 2], 3]],
    [[[1], [2], [3], [4]]],
    [
      [
        [[1], [2]],
        [[3], [4]],
      ],
    ],
  ])('is refused where nested data do not follow the shape: %j', (data) =>
    expect(refused(input('FP32', data, [2, 2]), pairs).code).toBe('invalid-tensor'),
  );
  it('is malformed where it is not UTF-8', () =>
    expect(decodeRequest(Uint8Array.of(0x7b, 0x22, 0xff, 0x22, 0x7d), two)).toMatchObject({
      failure: 'malformed',
      code: 'invalid-request',
    }));
});

const nest = (flat: readonly unknown[], shape: readonly number[]): unknown => {
  const [length, ...rest] = shape;
  if (length === undefined) return flat[0];
  const stride = rest.reduce((product, dimension) => product * dimension, 1);
  return Array.from({ length }, (_, i) => nest(flat.slice(i * stride, (i + 1) * stride), rest));
};

describe('any body', () => {
  it('is answered with a value, whatever its bytes', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (body) => {
        expect(decodeRequest(body, two)).toBeTypeOf('object');
      }),
    );
  });
  it('is answered with a value, whatever JSON stands in its members', () => {
    const anything = fc.record(
      {
        name: fc.constantFrom('a', 'b', 'c'),
        datatype: fc.constantFrom('FP32', 'INT64', 1),
        shape: fc.oneof(fc.jsonValue(), fc.array(fc.nat(3))),
        data: fc.jsonValue(),
      },
      { requiredKeys: [] },
    );
    const body = fc.record(
      { id: fc.jsonValue(), inputs: fc.oneof(fc.jsonValue(), fc.array(anything)), outputs: fc.jsonValue() },
      { requiredKeys: [] },
    );
    fc.assert(
      fc.property(body, (given) => {
        expect(decodeRequest(bytes(given), two)).toBeTypeOf('object');
      }),
    );
  });
  it('with nested data is read as its flat twin', () => {
    const tensor = fc.array(fc.integer({ min: 1, max: 3 }), { minLength: 1, maxLength: 4 }).chain((shape) =>
      fc.tuple(
        fc.constant(shape),
        fc.array(fc.integer({ min: -100, max: 100 }), {
          minLength: shape.reduce((x, y) => x * y),
          maxLength: shape.reduce((x, y) => x * y),
        }),
      ),
    );
    fc.assert(
      fc.property(tensor, ([shape, flat]) => {
        const signature = taking(
          'INT32',
          shape.map(() => -1),
        );
        const read = decoded(input('INT32', nest(flat, shape), shape), signature);
        expect(read).toEqual(decoded(input('INT32', flat, shape), signature));
        expect(Array.from(read.inputs[0]?.data as Int32Array)).toEqual(flat);
      }),
    );
  });
});
