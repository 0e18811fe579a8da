// A model of any size, written as it is sent: onnx.proto (https://github.com/onnx/onnx/blob/main/onnx/onnx.proto) in protobuf's wire format.

const varint = (value: number): number[] => {
  const bytes: number[] = [];
  let rest = value;
  for (; rest >= 0x80; rest = Math.floor(rest / 0x80)) bytes.push((rest % 0x80) | 0x80);
  return [...bytes, rest];
};

const number = (field: number, value: number): number[] => [...varint(field * 8), ...varint(value)];
const block = (field: number, bytes: readonly number[]): number[] => [...varint(field * 8 + 2), ...varint(bytes.length), ...bytes];
const text = (field: number, value: string): number[] => block(field, [...new TextEncoder().encode(value)]);

const elementTypes = { FP32: 1, INT64: 7 } as const;

/** A ValueInfoProto: a named tensor with one dimension that varies. */
const valueInfo = (name: string, type: keyof typeof elementTypes): number[] => {
  const shape = block(2, block(1, text(2, 'rows')));
  return [...text(1, name), ...block(2, block(1, [...number(1, elementTypes[type]), ...shape]))];
};

const gather = [...text(1, 'table'), ...text(1, 'index'), ...text(2, 'value'), ...text(4, 'Gather')];

/** Field and length of a message whose last part is `rest` bytes that follow later. */
const open = (field: number, head: readonly number[], rest: number): number[] => [
  ...varint(field * 8 + 2),
  ...varint(head.length + rest),
  ...head,
];

export type LargeModel = { readonly sizeBytes: number; readonly body: () => AsyncGenerator<Uint8Array<ArrayBuffer>> };

const chunkBytes = 64 * 1024;

/**
 * `value = table[index]` (index INT64 [-1], value FP32 [-1]) with a table of so many floats, each a thousandth part of its position modulo 1,000.
 * The table is the model's last field, so that it can be streamed.
 */
export const largeModel = (floats: number): LargeModel => {
  const rawBytes = floats * 4;
  const tensor = [...number(1, floats), ...number(2, elementTypes.FP32), ...text(8, 'table')];
  const rawHead = [...varint(9 * 8 + 2), ...varint(rawBytes)];
  const initializer = open(5, [...tensor, ...rawHead], rawBytes);
  const signature = [...block(11, valueInfo('index', 'INT64')), ...block(12, valueInfo('value', 'FP32'))];
  const graphHead = [...block(1, gather), ...text(2, 'large'), ...signature, ...initializer];
  const opset = block(8, number(2, 17));
  const head = Uint8Array.from([...number(1, 8), ...opset, ...open(7, graphHead, rawBytes)]);
  return { sizeBytes: head.length + rawBytes, body: () => streamed(head, floats) };
};

export const tableValue = (position: number): number => Math.fround((position % 1000) / 1000);

async function* streamed(head: Uint8Array<ArrayBuffer>, floats: number): AsyncGenerator<Uint8Array<ArrayBuffer>> {
  yield head;
  const perChunk = chunkBytes / 4;
  for (let from = 0; from < floats; from += perChunk) {
    const chunk = new Float32Array(Math.min(perChunk, floats - from));
    for (let at = 0; at < chunk.length; at++) chunk[at] = ((from + at) % 1000) / 1000;
    yield new Uint8Array(chunk.buffer);
  }
}
