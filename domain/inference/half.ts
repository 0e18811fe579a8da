/**
 * IEEE 754 binary16 (FP16): 1 sign bit, 5 exponent bits with bias 15, 10 fraction bits. Converted here because JavaScript has no such array
 * on every runtime that the platform supports.
 */
const smallestNormal = 2 ** -14;
const overflow = 65_520;
const integerSpacing = 2 ** 52;

const float64 = new Float64Array(1);
const words = new Uint32Array(float64.buffer);
const highWord = new Uint8Array(new Uint16Array([1]).buffer)[0] === 1 ? 1 : 0;

const exponentOf = (magnitude: number): number => {
  float64[0] = magnitude;
  return (((words[highWord] as number) >>> 20) & 0x7ff) - 1023;
};

/** Adding 2^52 leaves no room for a fraction, and the hardware rounds to nearest, ties to even. */
const roundToEven = (value: number): number => value + integerSpacing - integerSpacing;

/** The bits of the nearest FP16 value, ties to even; past ±65,520 infinity. */
export const halfFromNumber = (value: number): number => {
  if (Number.isNaN(value)) return 0x7e00;
  const sign = value < 0 || Object.is(value, -0) ? 0x8000 : 0;
  const magnitude = Math.abs(value);
  if (magnitude >= overflow) return sign | 0x7c00;
  if (magnitude < smallestNormal) return sign | roundToEven(magnitude * 2 ** 24);
  const exponent = exponentOf(magnitude);
  // 1,024 to 2,048: the last one carries into the exponent, as it should.
  return sign | (((exponent + 15) << 10) + roundToEven(magnitude * 2 ** (10 - exponent)) - 1024);
};

/** The exact value of FP16 bits. */
export const numberFromHalf = (bits: number): number => {
  const sign = bits & 0x8000 ? -1 : 1;
  const exponent = (bits >> 10) & 0x1f;
  const fraction = bits & 0x3ff;
  if (exponent === 0x1f) return fraction === 0 ? sign * Number.POSITIVE_INFINITY : Number.NaN;
  return exponent === 0 ? sign * fraction * 2 ** -24 : sign * (fraction + 1024) * 2 ** (exponent - 25);
};
