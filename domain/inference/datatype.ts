import type { Datatype } from '../kernel/model-host.ts';
import { halfFromNumber } from './half.ts';

type IntegerArray = Uint8Array | Uint16Array | Uint32Array | Int8Array | Int16Array | Int32Array;
type BigIntegerArray = BigInt64Array | BigUint64Array;
type FloatArray = Float32Array | Float64Array;

/** Elements in row-major order: FP16 as its bits in a `Uint16Array`, BOOL as 0 and 1 in a `Uint8Array`, BYTES as strings. */
export type TensorData = IntegerArray | BigIntegerArray | FloatArray | string[];

/** Takes JSON values into `into` from index `at` on. Answers the index of the first that the datatype cannot hold, or −1. */
export type Fill = (values: readonly unknown[], into: TensorData, at: number) => number;

/** How a datatype's elements come out of JSON. `accepts` completes the sentence "expected …". */
export type Elements = {
  readonly accepts: string;
  readonly float: boolean;
  readonly allocate: (count: number) => TensorData;
  readonly fill: Fill;
};

const fillFloats = (values: readonly unknown[], into: FloatArray, at: number): number => {
  for (let i = 0; i < values.length; i++) {
    const value = values[i];
    if (typeof value !== 'number') return i;
    into[at + i] = value;
    // Infinity − Infinity and NaN − NaN are not 0; asked after the cast, which may overflow.
    if ((into[at + i] as number) - (into[at + i] as number) !== 0) return i;
  }
  return -1;
};

const fillHalves = (values: readonly unknown[], into: Uint16Array, at: number): number => {
  for (let i = 0; i < values.length; i++) {
    const value = values[i];
    if (typeof value !== 'number') return i;
    const bits = halfFromNumber(value);
    if ((bits & 0x7c00) === 0x7c00) return i;
    into[at + i] = bits;
  }
  return -1;
};

const fillIntegers =
  (least: number, greatest: number) =>
  (values: readonly unknown[], into: IntegerArray, at: number): number => {
    for (let i = 0; i < values.length; i++) {
      const value = values[i];
      if (typeof value !== 'number' || !Number.isInteger(value) || value < least || value > greatest) return i;
      into[at + i] = value;
    }
    return -1;
  };

const fillBigIntegers =
  (least: number) =>
  (values: readonly unknown[], into: BigIntegerArray, at: number): number => {
    for (let i = 0; i < values.length; i++) {
      const value = values[i];
      if (typeof value !== 'number' || !Number.isSafeInteger(value) || value < least) return i;
      into[at + i] = BigInt(value);
    }
    return -1;
  };

const fillBooleans = (values: readonly unknown[], into: Uint8Array, at: number): number => {
  for (let i = 0; i < values.length; i++) {
    const value = values[i];
    if (typeof value !== 'boolean') return i;
    into[at + i] = value ? 1 : 0;
  }
  return -1;
};

const fillStrings = (values: readonly unknown[], into: string[], at: number): number => {
  for (let i = 0; i < values.length; i++) {
    const value = values[i];
    if (typeof value !== 'string') return i;
    into[at + i] = value;
  }
  return -1;
};

const elements = <Data extends TensorData>(
  accepts: string,
  allocate: (count: number) => Data,
  fill: (values: readonly unknown[], into: Data, at: number) => number,
  float = false,
): Elements => ({ accepts, float, allocate, fill: fill as Fill });

const integers = (bits: number, signed: boolean, allocate: (count: number) => IntegerArray): Elements => {
  const least = signed ? -(2 ** (bits - 1)) : 0;
  const greatest = 2 ** (signed ? bits - 1 : bits) - 1;
  return elements(`an integer from ${least} to ${greatest}`, allocate, fillIntegers(least, greatest));
};

const greatestSafe = Number.MAX_SAFE_INTEGER;

/** Integers past ±(2^53 − 1) are not taken: JSON numbers reach here as doubles, which cannot tell them apart. */
export const elementsOf: { readonly [datatype in Datatype]: Elements } = {
  BOOL: elements('true or false', (count) => new Uint8Array(count), fillBooleans),
  UINT8: integers(8, false, (count) => new Uint8Array(count)),
  UINT16: integers(16, false, (count) => new Uint16Array(count)),
  UINT32: integers(32, false, (count) => new Uint32Array(count)),
  UINT64: elements(`an integer from 0 to ${greatestSafe}`, (count) => new BigUint64Array(count), fillBigIntegers(0)),
  INT8: integers(8, true, (count) => new Int8Array(count)),
  INT16: integers(16, true, (count) => new Int16Array(count)),
  INT32: integers(32, true, (count) => new Int32Array(count)),
  INT64: elements(
    `an integer from ${-greatestSafe} to ${greatestSafe}`,
    (count) => new BigInt64Array(count),
    fillBigIntegers(-greatestSafe),
  ),
  FP16: elements('a number within ±65504', (count) => new Uint16Array(count), fillHalves, true),
  FP32: elements('a finite number within the range of FP32', (count) => new Float32Array(count), fillFloats, true),
  FP64: elements('a finite number', (count) => new Float64Array(count), fillFloats, true),
  BYTES: elements('a string', (count) => new Array<string>(count), fillStrings),
};
