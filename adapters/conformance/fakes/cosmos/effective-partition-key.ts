import type { Json } from '../../../../domain/kernel/json.ts';

const mask = (1n << 64n) - 1n;
const multiply = (one: bigint, other: bigint): bigint => (one * other) & mask;
const add = (one: bigint, other: bigint): bigint => (one + other) & mask;
const rotate = (value: bigint, by: bigint): bigint => ((value << by) | (value >> (64n - by))) & mask;
const c1 = 0x87c37b91114253d5n;
const c2 = 0x4cf5ad432745937fn;

const mixFirst = (k1: bigint): bigint => multiply(rotate(multiply(k1, c1), 31n), c2);
const mixSecond = (k2: bigint): bigint => multiply(rotate(multiply(k2, c2), 33n), c1);
const finish = (hash: bigint): bigint => {
  const once = multiply(hash ^ (hash >> 33n), 0xff51afd7ed558ccdn);
  const twice = multiply(once ^ (once >> 33n), 0xc4ceb9fe1a85ec53n);
  return twice ^ (twice >> 33n);
};

/** MurmurHash3 x64 128 with seed 0 (https://github.com/aappleby/smhasher), as its two halves. */
const murmur128 = (bytes: Buffer): readonly [bigint, bigint] => {
  let [h1, h2] = [0n, 0n];
  const whole = bytes.length - (bytes.length % 16);
  for (let at = 0; at < whole; at += 16) {
    h1 ^= mixFirst(bytes.readBigUInt64LE(at));
    h1 = add(multiply(add(rotate(h1, 27n), h2), 5n), 0x52dce729n);
    h2 ^= mixSecond(bytes.readBigUInt64LE(at + 8));
    h2 = add(multiply(add(rotate(h2, 31n), h1), 5n), 0x38495ab5n);
  }
  const tail = Buffer.alloc(16);
  bytes.copy(tail, 0, whole);
  h1 ^= mixFirst(tail.readBigUInt64LE(0)) ^ BigInt(bytes.length);
  h2 ^= mixSecond(tail.readBigUInt64LE(8)) ^ BigInt(bytes.length);
  h1 = add(h1, h2);
  h2 = add(h2, h1);
  h1 = finish(h1);
  h2 = finish(h2);
  h1 = add(h1, h2);
  return [h1, add(h2, h1)];
};

const doubleBytes = (value: number): Buffer => {
  const bytes = Buffer.alloc(8);
  bytes.writeDoubleLE(value);
  return bytes;
};

/** A component of a partition key as bytes: a type, then the value. What is absent has the key `{}`. */
const encoded = (component: Json): Buffer => {
  if (typeof component === 'string') return Buffer.concat([Buffer.of(0x08), Buffer.from(component), Buffer.of(0xff)]);
  if (typeof component === 'number') return Buffer.concat([Buffer.of(0x05), doubleBytes(component)]);
  if (typeof component === 'boolean') return Buffer.of(component ? 0x03 : 0x02);
  return Buffer.of(component === null ? 0x01 : 0x00);
};

/**
 * Where a partition key lies on the circle that the ranges of a container divide, from '' to 'FF': 32 hexadecimal digits, the first below 4.
 * Version 2 of the hash, which is that of large partition keys; the vendor's client computes the same to send bulk operations to their range.
 */
export const effectivePartitionKey = (components: readonly Json[]): string => {
  const [h1, h2] = murmur128(Buffer.concat(components.map(encoded)));
  const bytes = Buffer.alloc(16);
  bytes.writeBigUInt64BE(h2, 0);
  bytes.writeBigUInt64BE(h1, 8);
  bytes.writeUInt8(bytes.readUInt8(0) & 0x3f, 0);
  return bytes.toString('hex').toUpperCase();
};
