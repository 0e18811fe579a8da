import { closeSync, fstatSync, openSync } from 'node:fs';
import type { Socket } from 'node:net';
import type { InferenceSession } from 'onnxruntime-node';
import { type Failure, failed, isFailure, Rejected } from '../../domain/kernel/failure.ts';
import type { InspectFailure, Signature, TensorSpec } from '../../domain/kernel/model-host.ts';
import { type OnnxFile, readOnnxFile } from './onnx-file.ts';
import { datatypeOf, onnxMessage, openSession } from './onnx-session.ts';
import { protobufFile } from './protobuf-reader.ts';

type Metadata = InferenceSession.ValueMetadata;

/** Writes the signature of the model at `path`, or the failure, as JSON, and ends the channel. */
export const reportInspection = async (path: string, channel: Socket): Promise<void> => {
  const outcome = await inspectFile(path);
  channel.end(JSON.stringify(outcome), () => process.exit());
};

const inspectFile = async (path: string): Promise<Signature | Failure> => {
  try {
    const onnx = walk(path);
    const { inputMetadata, outputMetadata } = await openSession(path);
    const inputs = specsOf('input', inputMetadata, onnx);
    return isFailure(inputs) ? inputs : withOutputs(inputs, specsOf('output', outputMetadata, onnx));
  } catch (error) {
    return error instanceof Rejected ? error.failure : refusedBySession(error);
  }
};

/** Before onnxruntime sees the file: it would follow references to other files. */
const walk = (path: string): OnnxFile => {
  const file = openSync(path, 'r');
  try {
    return readOnnxFile(protobufFile(file, fstatSync(file).size));
  } finally {
    closeSync(file);
  }
};

const refusedBySession = (error: unknown): InspectFailure => {
  const message = error instanceof Error ? error.message : '';
  if ((error as NodeJS.ErrnoException).code === 'ENOENT') return failed('not-found', 'artifact-not-found', 'There is no such artifact.');
  return /unsupported data type|not currently registered or supported/i.test(message)
    ? failed(
        'invalid',
        'unsupported-tensor-type',
        `The model has an input or output of a type that the protocol lacks: ${onnxMessage(error)}`,
      )
    : failed('invalid', 'not-an-onnx-model', `onnxruntime cannot load the file: ${onnxMessage(error)}`);
};

const withOutputs = (inputs: readonly TensorSpec[], outputs: readonly TensorSpec[] | InspectFailure): Signature | InspectFailure => {
  if (isFailure(outputs)) return outputs;
  if (outputs.length === 0) return failed('invalid', 'not-an-onnx-model', 'The model has no outputs.');
  for (const specs of [inputs, outputs])
    if (new Set(specs.map((spec) => spec.name)).size !== specs.length)
      return failed('invalid', 'not-an-onnx-model', 'The model gives one name to two of its inputs or outputs.');
  return { inputs, outputs };
};

const specsOf = (side: 'input' | 'output', metadata: readonly Metadata[], onnx: OnnxFile): readonly TensorSpec[] | InspectFailure => {
  const specs: TensorSpec[] = [];
  for (const value of metadata) {
    const spec = specOf(side, value, onnx);
    if (isFailure(spec)) return spec;
    specs.push(spec);
  }
  return specs;
};

const specOf = (side: 'input' | 'output', value: Metadata, { ranked }: OnnxFile): TensorSpec | InspectFailure => {
  const { name } = value;
  if (!value.isTensor)
    return failed(
      'invalid',
      'non-tensor-signature',
      `The ${side} "${name}" is no tensor (a sequence, a map or an optional); export the model with tensors only (zipmap=False).`,
    );
  const datatype = datatypeOf(value.type);
  if (datatype === undefined)
    return failed('invalid', 'unsupported-tensor-type', `The ${side} "${name}" is of the type ${value.type}, which the protocol lacks.`);
  // onnxruntime shows a value of unknown rank as a scalar; nothing could be checked against that.
  if (value.shape.length === 0 && !ranked.has(name))
    return failed(
      'invalid',
      'unsupported-tensor-type',
      `The ${side} "${name}" does not declare how many dimensions it has; export it with a shape, whose dimensions may vary.`,
    );
  return { name, datatype, shape: value.shape.map((dimension) => (typeof dimension === 'number' ? dimension : -1)) };
};
