import { type Failure, failed } from '../kernel/failure.ts';
import type { Datatype, TensorSpec } from '../kernel/model-host.ts';
import { type Elements, elementsOf, type TensorData } from './datatype.ts';

/** A tensor with its elements in row-major order; `shape` has no variable dimension. */
export type Tensor = { readonly name: string; readonly datatype: Datatype; readonly shape: readonly number[]; readonly data: TensorData };

export type TensorFailure = Failure<'invalid-tensor' | 'non-finite-number'>;

const greatestDimension = 2 ** 31 - 1;

export const invalidTensor = (detail: string): Failure<'invalid-tensor'> => failed('invalid', 'invalid-tensor', detail);

/** Whether rank and fixed dimensions are those declared. */
export const shapeMatches = (shape: readonly unknown[], declared: readonly number[]): boolean => {
  if (shape.length !== declared.length) return false;
  for (let i = 0; i < declared.length; i++) if (declared[i] !== -1 && declared[i] !== shape[i]) return false;
  return true;
};

/**
 * The tensor that one entry of a request's `inputs` holds, checked against its declaration. `mostElements` bounds what the shape may claim
 * (the length of the request's body: no element is shorter than a byte), so that a claim alone reserves no memory.
 */
export const tensorFromJson = (
  input: { readonly [member: string]: unknown },
  declared: TensorSpec,
  mostElements: number,
): Tensor | TensorFailure => {
  const { name, datatype } = declared;
  if (input.datatype !== datatype)
    return invalidTensor(`The input ${quoted(name)} has the datatype ${datatype}, not ${quoted(input.datatype)}.`);
  const { shape, data } = input;
  if (!isShape(shape))
    return invalidTensor(`The shape of the input ${quoted(name)} must be a list of integers from 0 to ${greatestDimension}.`);
  if (!shapeMatches(shape, declared.shape))
    return invalidTensor(`The input ${quoted(name)} has the shape [${declared.shape.join(', ')}] (-1 varies), not ${quoted(shape)}.`);
  const count = elementCount(shape);
  if (count > mostElements) return wrongCount(name, shape, 'fewer');
  const elements = elementsOf[datatype];
  const values = elements.allocate(count);
  const problem = fillFrom(shape.length === 0 && !Array.isArray(data) ? [data] : data, { name, shape, count, elements, values });
  return problem ?? { name, datatype, shape, data: values };
};

type Filling = {
  readonly name: string;
  readonly shape: readonly number[];
  readonly count: number;
  readonly elements: Elements;
  readonly values: TensorData;
};

const fillFrom = (data: unknown, filling: Filling): TensorFailure | undefined => {
  if (!Array.isArray(data)) return invalidTensor(`The data of the input ${quoted(filling.name)} must be a list.`);
  if (filling.shape.length > 1 && Array.isArray(data[0])) return fillNested(data, filling, 0, 0);
  return data.length === filling.count ? fillRow(data, filling, 0) : wrongCount(filling.name, filling.shape, data.length);
};

const fillNested = (level: unknown, filling: Filling, axis: number, at: number): TensorFailure | undefined => {
  const { shape, name } = filling;
  const length = shape[axis] as number;
  if (!Array.isArray(level) || level.length !== length)
    return invalidTensor(
      `The nested data of the input ${quoted(name)} must follow its shape ${quoted(shape)}: ${length} entries at level ${axis + 1}.`,
    );
  if (axis === shape.length - 1) return fillRow(level, filling, at);
  const stride = elementCount(shape.slice(axis + 1));
  for (let i = 0; i < length; i++) {
    const problem = fillNested(level[i], filling, axis + 1, at + i * stride);
    if (problem) return problem;
  }
  return undefined;
};

const fillRow = (row: readonly unknown[], { name, elements, values }: Filling, at: number): TensorFailure | undefined => {
  const index = elements.fill(row, values, at);
  if (index === -1) return undefined;
  const value = row[index];
  const detail = `Element ${at + index} of the input ${quoted(name)} must be ${elements.accepts}, not ${typeof value === 'number' ? value : quoted(value)}.`;
  const nonFinite = typeof value === 'number' && (elements.float || !Number.isFinite(value));
  return nonFinite ? failed('invalid', 'non-finite-number', detail) : invalidTensor(detail);
};

const wrongCount = (name: string, shape: readonly number[], found: number | string): TensorFailure =>
  invalidTensor(`The input ${quoted(name)} of shape ${quoted(shape)} needs ${elementCount(shape)} elements; its data has ${found}.`);

const isShape = (shape: unknown): shape is readonly number[] => {
  if (!Array.isArray(shape)) return false;
  for (const dimension of shape)
    if (typeof dimension !== 'number' || !Number.isInteger(dimension) || dimension < 0 || dimension > greatestDimension) return false;
  return true;
};

/** How many elements a shape holds; 1 for a scalar. */
export const elementCount = (shape: readonly number[]): number => {
  // Asked first: a product that overflowed to infinity would not come back to 0.
  if (shape.includes(0)) return 0;
  let count = 1;
  for (const dimension of shape) count *= dimension;
  return count;
};

/** A client's value in a message: as JSON, cut to what is readable. */
export const quoted = (value: unknown): string => {
  const text = JSON.stringify(value) ?? 'nothing';
  return text.length > 100 ? `${text.slice(0, 100)}…` : text;
};
