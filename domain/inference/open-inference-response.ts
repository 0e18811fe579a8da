import { type Failure, failed, isFailure } from '../kernel/failure.ts';
import type { ModelRef, Signature } from '../kernel/model-host.ts';
import { numberFromHalf } from './half.ts';
import { elementCount, quoted, shapeMatches, type Tensor } from './tensor.ts';

export type ResponseFailure = Failure<'non-finite-output' | 'output-mismatch'>;

/** The names under which an answer speaks of its model: `model_name` and `model_version`. */
export type ModelNames = Pick<ModelRef, 'name' | 'version'>;

/**
 * A response of the Open Inference Protocol V2 as JSON text: `{model_name, model_version, id?, outputs: [{name, datatype, shape, data}]}`, data
 * flat, outputs in the order given. 64-bit integers are written digit by digit. Refuses what is not finite or not as declared.
 */
export const responseText = (
  model: ModelNames,
  id: string | undefined,
  outputs: readonly Tensor[],
  signature: Signature,
): string | ResponseFailure => {
  let text = `{"model_name":${JSON.stringify(model.name)},"model_version":${JSON.stringify(model.version)}`;
  if (id !== undefined) text += `,"id":${JSON.stringify(id)}`;
  text += ',"outputs":[';
  for (let i = 0; i < outputs.length; i++) {
    const tensor = tensorText(outputs[i] as Tensor, signature);
    if (isFailure(tensor)) return tensor;
    text += i === 0 ? tensor : `,${tensor}`;
  }
  return `${text}]}`;
};

const encoder = new TextEncoder();

/** `responseText` in UTF-8. */
export const encodeResponse = (
  model: ModelNames,
  id: string | undefined,
  outputs: readonly Tensor[],
  signature: Signature,
): Uint8Array | ResponseFailure => {
  const text = responseText(model, id, outputs, signature);
  return isFailure(text) ? text : encoder.encode(text);
};

const tensorText = (tensor: Tensor, signature: Signature): string | ResponseFailure => {
  const { name, datatype, shape, data } = tensor;
  const declared = signature.outputs.find((spec) => spec.name === name);
  const asDeclared = declared?.datatype === datatype && shapeMatches(shape, declared.shape) && data.length === elementCount(shape);
  if (!asDeclared) return mismatch(tensor, signature);
  const elements = elementsText(tensor);
  if (elements === undefined)
    return failed(
      'invalid',
      'non-finite-output',
      `The model's output ${quoted(name)} holds a number that is not finite, which JSON cannot say.`,
    );
  return `{"name":${JSON.stringify(name)},"datatype":"${datatype}","shape":[${shape.join(',')}],"data":[${elements}]}`;
};

const mismatch = ({ name, datatype, shape }: Tensor, signature: Signature): ResponseFailure => {
  const declared = signature.outputs.find((spec) => spec.name === name);
  const expected = declared === undefined ? 'no such output' : `${declared.datatype} of shape [${declared.shape.join(', ')}]`;
  return failed(
    'invalid',
    'output-mismatch',
    `The model gave its output ${quoted(name)} as ${datatype} of shape ${quoted(shape)}, but declares ${expected}.`,
  );
};

/** Nothing where an element is not finite. */
const elementsText = ({ datatype, data }: Tensor): string | undefined => {
  switch (datatype) {
    case 'BYTES':
      return (data as readonly string[]).map((value) => JSON.stringify(value)).join(',');
    case 'BOOL':
      return Array.from(data as Uint8Array, (value) => value !== 0).join(',');
    case 'FP16':
      return finiteText(Float32Array.from(data as Uint16Array, numberFromHalf));
    case 'FP32':
    case 'FP64':
      return finiteText(data as Float32Array | Float64Array);
    default:
      return data.join(',');
  }
};

const finiteText = (values: Float32Array | Float64Array): string | undefined => {
  for (let i = 0; i < values.length; i++) if ((values[i] as number) - (values[i] as number) !== 0) return undefined;
  return values.join(',');
};
