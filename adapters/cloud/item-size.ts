import type { Json, JsonObject } from '../../domain/kernel/json.ts';

const bytesOf = (text: string): number => Buffer.byteLength(text);

/** What a value counts as on every cloud, roughly: DynamoDB Developer Guide, "DynamoDB item sizes and formats". A number is at most 21 bytes. */
const sizeOf = (value: Json): number => {
  if (typeof value === 'string') return bytesOf(value);
  if (typeof value === 'number') return 1 + Math.ceil(String(value).length / 2);
  if (typeof value !== 'object' || value === null) return 1;
  if (Array.isArray(value)) return value.reduce((sum: number, each) => sum + 1 + sizeOf(each), 3);
  return 3 + Object.keys(value).length + sizeOfItem(value as JsonObject);
};

/** In bytes. */
export const sizeOfItem = (item: JsonObject): number => {
  let size = 0;
  for (const name of Object.keys(item)) if (item[name] !== undefined) size += bytesOf(name) + sizeOf(item[name]);
  return size;
};
