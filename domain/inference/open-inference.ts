import { type Failure, failed, isFailure } from '../kernel/failure.ts';
import { nestsDeeperThan } from '../kernel/json-nesting.ts';
import type { Signature, TensorSpec } from '../kernel/model-host.ts';
import { invalidTensor, quoted, type Tensor, type TensorFailure, tensorFromJson } from './tensor.ts';

/**
 * Requests of the Open Inference Protocol V2 in JSON
 * (https://github.com/kserve/open-inference-protocol/blob/main/specification/protocol/inference_rest.md): `{id?, inputs, outputs?}`.
 */
export type InferenceRequest = {
  readonly id?: string;
  /** In the order of the signature. */
  readonly inputs: readonly Tensor[];
  /** Names of the outputs to answer with, in that order; empty for all. */
  readonly outputs: readonly string[];
};

export type RequestFailure = Failure<'invalid-request'> | TensorFailure;

/** Arrays and objects may nest this deep, and an id may be this long in characters. */
export const requestLimits = { nesting: 64, idLength: 256 } as const;

type JsonMembers = { readonly [member: string]: unknown };
type RequestMembers = { readonly id: unknown; readonly inputs: unknown; readonly outputs: unknown };

const utf8 = new TextDecoder('utf-8', { fatal: true });

/** Reads and checks a request against what the model declares; `parameters` and `binary_data_output` are ignored. Never throws. */
export const decodeRequest = (body: Uint8Array, signature: Signature): InferenceRequest | RequestFailure => {
  if (nestsDeeperThan(body, requestLimits.nesting))
    return failed('invalid', 'invalid-request', `The body nests deeper than ${requestLimits.nesting} levels; a tensor's data may be flat.`);
  const request = parse(body);
  if ('failure' in request) return request;
  const { id } = request;
  if (id !== undefined && (typeof id !== 'string' || id.length > requestLimits.idLength))
    return invalidRequest(`"id" must be a string of at most ${requestLimits.idLength} characters.`);
  const inputs = readInputs(request.inputs, signature.inputs, body.length);
  if (isFailure(inputs)) return inputs;
  const outputs = readOutputs(request.outputs, signature.outputs);
  if (isFailure(outputs)) return outputs;
  return id === undefined ? { inputs, outputs } : { id, inputs, outputs };
};

/** The rows that a request is billed for: the first dimension of the first input, else 1. */
export const rowsOf = (inputs: readonly Tensor[]): number => inputs[0]?.shape[0] ?? 1;

const invalidRequest = (detail: string): Failure<'invalid-request'> => failed('invalid', 'invalid-request', detail);

const isObject = (value: unknown): value is JsonMembers => typeof value === 'object' && value !== null && !Array.isArray(value);

const parse = (body: Uint8Array): RequestMembers | RequestFailure => {
  let text = '';
  try {
    text = utf8.decode(body);
    const request: unknown = JSON.parse(text);
    return isObject(request)
      ? { id: request.id, inputs: request.inputs, outputs: request.outputs }
      : invalidRequest('The body must be a JSON object.');
  } catch {
    return unparseable(text);
  }
};

/** Python's encoder writes NaN and Infinity, which are no JSON: the client deserves to hear what is wrong rather than where. */
const unparseable = (text: string): RequestFailure =>
  /[[,:]\s*-?(?:NaN|Infinity)\s*[\],}]/.test(text)
    ? failed('invalid', 'non-finite-number', 'NaN and Infinity are no JSON numbers; every element must be finite.')
    : failed('malformed', 'invalid-request', 'The body is not JSON in UTF-8.');

const readInputs = (given: unknown, declared: readonly TensorSpec[], mostElements: number): readonly Tensor[] | RequestFailure => {
  if (!Array.isArray(given)) return invalidRequest('"inputs" must be a list of tensors.');
  const tensors = new Array<Tensor | undefined>(declared.length).fill(undefined);
  for (let i = 0; i < given.length; i++) {
    const input: unknown = given[i];
    if (!isObject(input)) return invalidRequest('Each entry of "inputs" must be an object {name, shape, datatype, data}.');
    const index = indexOfName(declared, input.name, i);
    const spec = declared[index];
    if (spec === undefined) return invalidTensor(`There is no input ${quoted(input.name)}; the model takes ${names(declared)}.`);
    if (tensors[index] !== undefined) return invalidTensor(`The input ${quoted(spec.name)} is given twice.`);
    const tensor = tensorFromJson(input, spec, mostElements);
    if (isFailure(tensor)) return tensor;
    tensors[index] = tensor;
  }
  return allGiven(tensors, declared);
};

const allGiven = (tensors: readonly (Tensor | undefined)[], declared: readonly TensorSpec[]): readonly Tensor[] | RequestFailure => {
  const missing = tensors.indexOf(undefined);
  return missing === -1
    ? (tensors as readonly Tensor[])
    : invalidTensor(`The input ${quoted(declared[missing]?.name)} is missing; the model takes ${names(declared)}.`);
};

/** Clients mostly keep the model's order, so the same position is tried first. */
const indexOfName = (declared: readonly TensorSpec[], name: unknown, likely: number): number =>
  declared[likely]?.name === name ? likely : declared.findIndex((spec) => spec.name === name);

const readOutputs = (given: unknown, declared: readonly TensorSpec[]): readonly string[] | RequestFailure => {
  if (given === undefined) return [];
  if (!Array.isArray(given)) return invalidRequest('"outputs" must be a list of {name}.');
  const wanted = new Set<string>();
  for (const output of given) {
    const name: unknown = isObject(output) ? output.name : undefined;
    if (typeof name !== 'string' || !declared.some((spec) => spec.name === name))
      return invalidTensor(`There is no output ${quoted(name)}; the model gives ${names(declared)}.`);
    if (wanted.has(name)) return invalidTensor(`The output ${quoted(name)} is asked for twice.`);
    wanted.add(name);
  }
  return [...wanted];
};

const names = (specs: readonly TensorSpec[]): string => specs.map((spec) => quoted(spec.name)).join(', ') || 'none';
