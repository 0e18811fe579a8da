import { env, InferenceSession, Tensor as OnnxTensor } from 'onnxruntime-node';
import type { TensorData } from '../../domain/inference/datatype.ts';
import type { Tensor } from '../../domain/inference/tensor.ts';
import type { Datatype } from '../../domain/kernel/model-host.ts';

// What a model does wrong is answered to who sent it; the runtime's own log would only repeat it, with paths.
env.logLevel = 'fatal';

// Node 24 has this type, and onnxruntime-node 1.30 takes an array of it for an empty one. Its first tensor looks whether there is one; without,
// halves go as their bits. Only processes that run models load this module.
Reflect.deleteProperty(globalThis, 'Float16Array');

/** onnxruntime's names of the protocol's datatypes. */
const typeNames = {
  BOOL: 'bool',
  UINT8: 'uint8',
  UINT16: 'uint16',
  UINT32: 'uint32',
  UINT64: 'uint64',
  INT8: 'int8',
  INT16: 'int16',
  INT32: 'int32',
  INT64: 'int64',
  FP16: 'float16',
  FP32: 'float32',
  FP64: 'float64',
  BYTES: 'string',
} as const satisfies { readonly [datatype in Datatype]: OnnxTensor.Type };

const datatypes = new Map<string, Datatype>(Object.entries(typeNames).map(([datatype, name]) => [name, datatype as Datatype]));

/** The protocol's name of a type of onnxruntime's, where it has one. */
export const datatypeOf = (onnxType: string): Datatype | undefined => datatypes.get(onnxType);

/** A session on the CPU, one thread: throughput comes of many requests, and more threads would spin on the cores that serve them. */
export const openSession = (path: string): Promise<InferenceSession> =>
  InferenceSession.create(path, {
    executionProviders: ['cpu'],
    intraOpNumThreads: 1,
    interOpNumThreads: 1,
    executionMode: 'sequential',
    // An arena would keep for ever what one large run has needed.
    enableCpuMemArena: false,
    logSeverityLevel: 4,
    // The other format is a memory image that onnxruntime takes on trust.
    extra: { session: { load_model_format: 'ONNX' } },
  });

export const toOnnx = ({ datatype, data, shape }: Tensor): OnnxTensor =>
  new OnnxTensor(typeNames[datatype], data as OnnxTensor['data'], shape) as OnnxTensor;

/** A type that the protocol lacks keeps its own name, which no signature declares. FP16 comes as bits from every runtime of JavaScript. */
export const fromOnnx = (name: string, tensor: OnnxTensor): Tensor => {
  const datatype = datatypeOf(tensor.type) ?? (tensor.type as Datatype);
  return {
    name,
    datatype,
    shape: tensor.dims,
    data: datatype === 'FP16' ? bitsOf(tensor.data as ArrayBufferView) : (tensor.data as TensorData),
  };
};

const bitsOf = (halves: ArrayBufferView): Uint16Array => new Uint16Array(halves.buffer, halves.byteOffset, halves.byteLength / 2);

/** onnxruntime's message in short: without its source locations and paths. */
export const onnxMessage = (error: unknown): string => {
  const message = (error instanceof Error ? error.message : String(error)).split('\n')[0] ?? '';
  return message
    .replace(/^.*?(?:Status Message|failed):\s*/i, '')
    .replace(/\S*\/\S*\.(?:cc|h|onnx)\S*(?::\d+)?/g, '')
    .replace(/\s+/g, ' ')
    .trim()
    .slice(0, 300);
};
