import type { Failure } from './failure.ts';

/** Tensor types of the Open Inference Protocol that a model may have here. */
export type Datatype =
  | 'BOOL'
  | 'UINT8'
  | 'UINT16'
  | 'UINT32'
  | 'UINT64'
  | 'INT8'
  | 'INT16'
  | 'INT32'
  | 'INT64'
  | 'FP16'
  | 'FP32'
  | 'FP64'
  | 'BYTES';

/** A declared tensor; a dimension of −1 varies. */
export type TensorSpec = { readonly name: string; readonly datatype: Datatype; readonly shape: readonly number[] };
export type Signature = { readonly inputs: readonly TensorSpec[]; readonly outputs: readonly TensorSpec[] };

/** A model that can be loaded: the artifact's key in the model store, and the names under which answers speak of it. */
export type ModelRef = {
  readonly artifact: string;
  readonly sizeBytes: number;
  readonly signature: Signature;
  /** `model_name` of the answers: the endpoint. */
  readonly name: string;
  /** `model_version` of the answers. */
  readonly version: string;
};

export type InspectFailure = Failure<
  | 'not-an-onnx-model'
  | 'external-data'
  | 'non-tensor-signature'
  | 'unsupported-tensor-type'
  | 'artifact-not-found'
  | 'artifact-too-large'
  | 'model-too-slow-to-load'
>;
export type LoadFailure = Failure<'model-load-failed' | 'artifact-not-found'>;
export type InvokeFailure = Failure<
  | 'invalid-request'
  | 'invalid-tensor'
  | 'non-finite-number'
  | 'non-finite-output'
  | 'output-mismatch'
  | 'model-failed'
  | 'deadline-exceeded'
  | 'artifact-not-found'
  | 'model-load-failed'
  | 'host-unavailable'
  | 'answer-too-large'
>;

/** What a run answered: the JSON body of the Open Inference Protocol, and what it used. `rows` is the first dimension of the first input, else 1. */
export type Invocation = { readonly body: Uint8Array; readonly rows: number; readonly computeMicros: number };

/**
 * Runs models. `invoke` takes the JSON body of an Open Inference Protocol request as it came, so that parsing and validation happen where the
 * model runs. A run past its deadline is a failure `deadline-exceeded` (kind `timeout`) and harms no other; the host heals itself.
 */
export type ModelHost = {
  /** Reads and validates an artifact apart from what serves: its signature, or why it cannot be had. */
  inspect(artifact: string): Promise<Signature | InspectFailure>;
  /** Makes the model ready to answer; doing so again is no failure. */
  load(model: ModelRef): Promise<undefined | LoadFailure>;
  /** Loads first where that is needed. */
  invoke(model: ModelRef, body: Uint8Array, deadlineMillis: number): Promise<Invocation | InvokeFailure>;
  /** Frees what the model holds once its running requests have answered. */
  remove(model: ModelRef): Promise<void>;
};
