import { type Failure, failed, Rejected } from '../../domain/kernel/failure.ts';
import type { Field, ProtobufFile } from './protobuf-reader.ts';

/** What the file says that onnxruntime does not tell: which of the graph's inputs and outputs declare how many dimensions they have. */
export type OnnxFile = { readonly ranked: ReadonlySet<string> };

type Rule = { readonly [field: number]: MessageName };
type MessageName = keyof typeof messages;

/**
 * Which fields of ONNX's messages hold messages that lead to a tensor or a node, by number
 * (https://github.com/onnx/onnx/blob/main/onnx/onnx.proto). All else is skipped unread.
 */
const messages = {
  model: { 7: 'graph', 20: 'training', 25: 'function' },
  graph: { 1: 'node', 5: 'tensor', 15: 'sparseTensor' },
  training: { 1: 'graph', 2: 'graph' },
  function: { 7: 'node', 11: 'attribute' },
  node: { 5: 'attribute' },
  attribute: { 5: 'tensor', 6: 'graph', 10: 'tensor', 11: 'graph', 22: 'sparseTensor', 23: 'sparseTensor' },
  sparseTensor: { 1: 'tensor', 2: 'tensor' },
  tensor: {},
} as const satisfies { readonly [message: string]: { readonly [field: number]: string } };

const tensorFields = { externalData: 13, dataLocation: 14 } as const;
const nodeFields = { operator: 4 } as const;
const graphFields = { input: 11, output: 12 } as const;
const modelFields = { irVersion: 1, graph: 7 } as const;
const deepestMessage = 100;

const externalData = (): Rejected =>
  new Rejected(
    failed(
      'invalid',
      'external-data',
      'The model keeps data in other files; export it with all data inside (save_as_external_data=False).',
    ),
  );

/**
 * Walks a model's file and refuses, by throwing `Rejected`, what points outside of it: `external-data` anywhere in it, in subgraphs, functions
 * and attributes too, and nodes that wrap a compiled file; `not-an-onnx-model` where it is none. Memory does not grow with the file.
 */
export const readOnnxFile = (file: ProtobufFile): OnnxFile => {
  const ranked = new Set<string>();
  const seen = { irVersion: false, graph: false };
  for (const field of file.fields(0, file.size)) {
    if (field.number === modelFields.irVersion && field.wireType === 0) seen.irVersion = true;
    if (field.number === modelFields.graph && field.wireType === 2) {
      seen.graph = true;
      collectRanked(file, field, ranked);
    }
  }
  if (!seen.irVersion || !seen.graph) throw notAModel('it lacks an IR version or a graph');
  visit(file, 'model', 0, file.size, 0);
  return { ranked };
};

const notAModel = (reason: string): Rejected =>
  new Rejected(failed('invalid', 'not-an-onnx-model', `The file is not an ONNX model: ${reason}.`) satisfies Failure);

const visit = (file: ProtobufFile, message: MessageName, start: number, end: number, depth: number): void => {
  if (depth > deepestMessage) throw notAModel(`it nests deeper than ${deepestMessage} messages`);
  const inner: Rule = messages[message];
  for (const field of file.fields(start, end)) {
    refuse(file, message, field);
    const next = inner[field.number];
    if (next !== undefined && field.wireType === 2) visit(file, next, field.start, field.end, depth + 1);
  }
};

const refuse = (file: ProtobufFile, message: MessageName, field: Field): void => {
  // Any location but 0: an enumeration's value wraps round at 32 bits, so that others mean "external" too.
  if (message === 'tensor' && field.wireType === 0 && field.number === tensorFields.dataLocation && field.nonZero) throw externalData();
  if (message === 'tensor' && field.wireType === 2 && field.number === tensorFields.externalData) throw externalData();
  if (message === 'node' && field.wireType === 2 && field.number === nodeFields.operator && file.text(field) === 'EPContext')
    throw externalData();
};

/** ValueInfoProto: 1 name, 2 type; TypeProto: 1 tensor type, whose field 2 is the shape. */
const collectRanked = (file: ProtobufFile, graph: Field, ranked: Set<string>): void => {
  for (const value of file.fields(graph.start, graph.end)) {
    if (value.wireType !== 2 || (value.number !== graphFields.input && value.number !== graphFields.output)) continue;
    const name = messageAt(file, value, 1);
    const type = messageAt(file, value, 2);
    const tensor = type && messageAt(file, type, 1);
    if (name && tensor && messageAt(file, tensor, 2)) ranked.add(file.text(name));
  }
};

const messageAt = (file: ProtobufFile, within: Field, number: number): Field | undefined => {
  let found: Field | undefined;
  for (const field of file.fields(within.start, within.end)) if (field.number === number && field.wireType === 2) found = field;
  return found;
};
