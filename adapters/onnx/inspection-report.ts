import { failed, isFailure } from '../../domain/kernel/failure.ts';
import type { Datatype, InspectFailure, Signature, TensorSpec } from '../../domain/kernel/model-host.ts';

const datatypes: { readonly [D in Datatype]: true } = {
  ...{ BOOL: true, BYTES: true, FP16: true, FP32: true, FP64: true },
  ...{ UINT8: true, UINT16: true, UINT32: true, UINT64: true },
  ...{ INT8: true, INT16: true, INT32: true, INT64: true },
};

const kinds: { readonly [C in InspectFailure['code']]: InspectFailure['failure'] } = {
  'not-an-onnx-model': 'invalid',
  'external-data': 'invalid',
  'non-tensor-signature': 'invalid',
  'unsupported-tensor-type': 'invalid',
  'model-too-slow-to-load': 'invalid',
  'artifact-not-found': 'not-found',
  'artifact-too-large': 'too-large',
};

/**
 * What was found out about a foreign model, as whoever opened it tells: by then that may be the model itself, so nothing passes that is neither a
 * signature nor a failure that there is. Such a report is worth `undefined`.
 */
export const inspectionReport = (told: unknown): Signature | InspectFailure | undefined => {
  if (isFailure(told)) return failureOf(told);
  if (typeof told !== 'object' || told === null) return undefined;
  const { inputs, outputs } = told as { readonly inputs?: unknown; readonly outputs?: unknown };
  const [ins, outs] = [specsOf(inputs), specsOf(outputs)];
  return ins === undefined || outs === undefined ? undefined : { inputs: ins, outputs: outs };
};

const failureOf = ({ code, detail }: { readonly code: unknown; readonly detail: unknown }): InspectFailure | undefined =>
  typeof code === 'string' && Object.hasOwn(kinds, code) && typeof detail === 'string'
    ? failed(kinds[code as InspectFailure['code']], code as InspectFailure['code'], detail)
    : undefined;

const specsOf = (told: unknown): readonly TensorSpec[] | undefined => {
  const specs = Array.isArray(told) ? told.map(specOf) : [undefined];
  return specs.every((spec) => spec !== undefined) ? specs : undefined;
};

const specOf = (told: unknown): TensorSpec | undefined => {
  const { name, datatype, shape } = Object(told) as { readonly [part: string]: unknown };
  return typeof name === 'string' && isDatatype(datatype) && isShape(shape) ? { name, datatype, shape } : undefined;
};

const isDatatype = (told: unknown): told is Datatype => typeof told === 'string' && Object.hasOwn(datatypes, told);
const isShape = (told: unknown): told is readonly number[] =>
  Array.isArray(told) && told.every((dimension) => Number.isSafeInteger(dimension) && dimension >= -1);
