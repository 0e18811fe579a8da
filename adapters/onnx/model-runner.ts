import { existsSync, writeSync } from 'node:fs';
import type { Socket } from 'node:net';
import type { InferenceSession, Tensor as OnnxTensor, OnnxValue } from 'onnxruntime-node';
import { decodeRequest, type InferenceRequest, rowsOf } from '../../domain/inference/open-inference.ts';
import { responseText } from '../../domain/inference/open-inference-response.ts';
import type { Tensor } from '../../domain/inference/tensor.ts';
import { type Failure, failed, isFailure } from '../../domain/kernel/failure.ts';
import type { LoadFailure, ModelRef } from '../../domain/kernel/model-host.ts';
import { type Frame, frameReader, frameWriter } from './frames.ts';
import { command, type LoadOrder, processFiles, report } from './model-process-protocol.ts';
import { fromOnnx, onnxMessage, openSession, toOnnx } from './onnx-session.ts';

type Loaded = { readonly model: ModelRef; readonly session: InferenceSession };
type Slot = { loaded: Loaded | undefined; readonly ready: Promise<Loaded | LoadFailure> };

/** From this size on reading a body may take long enough to be looked for as the reason of a stall. */
const notableBody = 32 * 1024;
const flushAfterMillis = 0.3;

/** Serves the frames of `channel` until it closes. */
export const runModels = (channel: Socket): void => {
  const writer = frameWriter(false);
  const slots = new Map<number, Slot>();
  const marker = Buffer.alloc(4);
  let running = 0;
  let flushedAt = 0;

  /** Which frame is worked on, where the parent can read it even while this process is stuck in it or after it died of it. */
  const mark = (id: number): void => {
    marker.writeUInt32LE(id);
    writeSync(processFiles.progress, marker, 0, 4, 0);
  };

  const flush = (): void => {
    flushedAt = performance.now();
    writer.flush();
  };

  /** Answers leave when a batch is done, or after some runs, so that a quick answer does not wait for slow neighbours and the parent goes on meanwhile. */
  const afterAnswer = (now: number): void => {
    if (running === 0 || now - flushedAt > flushAfterMillis) flush();
  };

  const fail = (id: number, failure: Failure): void => {
    writer.sendText({ kind: report.failed, id, first: 0, second: 0 }, JSON.stringify(failure));
    afterAnswer(performance.now());
  };

  const load = (id: number, slot: number, order: LoadOrder): void => {
    mark(id);
    const entry: Slot = { loaded: undefined, ready: loadModel(order) };
    slots.set(slot, entry);
    entry.ready.then((outcome) => {
      if (!isFailure(outcome)) entry.loaded = outcome;
      writer.send({ kind: report.loaded, id, first: slot, second: 0 }, noBytes);
      flush();
    });
  };

  const begin = (id: number, { model, session }: Loaded, body: Buffer): void => {
    if (body.length >= notableBody) mark(id);
    const request = decodeRequest(body, model.signature);
    if (isFailure(request)) {
      fail(id, request);
      return;
    }
    running++;
    let startedAt = 0;
    // `session.run` does its work in an immediate of its own, and immediates keep their order: this one runs directly before it.
    setImmediate(() => {
      mark(id);
      startedAt = performance.now();
    });
    session.run(feedsOf(request), fetchesOf(request, session)).then(
      (outputs) => answer(id, model, request, outputs, performance.now() - startedAt),
      (error) => {
        running--;
        failRun(id, error);
      },
    );
  };

  const failRun = (id: number, error: unknown): void =>
    fail(id, failed('invalid', 'model-failed', `The model failed while it ran: ${onnxMessage(error)}`));

  const answer = (
    id: number,
    model: ModelRef,
    request: InferenceRequest,
    outputs: InferenceSession.OnnxValueMapType,
    millis: number,
  ): void => {
    running--;
    const text = encoded(model, request, outputs);
    if (isFailure(text)) {
      fail(id, text);
      return;
    }
    writer.sendText({ kind: report.done, id, first: rowsOf(request.inputs), second: Math.round(millis * 1000) }, text);
    afterAnswer(performance.now());
  };

  /** Calls `use` at once where the slot has its session, so that the common case waits for nothing. */
  const withSlot = (id: number, slot: number, use: (loaded: Loaded) => void): void => {
    const entry = slots.get(slot);
    if (entry === undefined) fail(id, failed('unavailable', 'host-unavailable', 'The model is not loaded here.'));
    else if (entry.loaded) use(entry.loaded);
    else entry.ready.then((loaded) => (isFailure(loaded) ? fail(id, loaded) : use(loaded)));
  };

  const sayLoaded = (id: number): void => {
    writer.send({ kind: report.done, id, first: 0, second: 0 }, noBytes);
    flush();
  };

  const unload = (slot: number): void => {
    const entry = slots.get(slot);
    slots.delete(slot);
    entry?.ready.then((outcome) => (isFailure(outcome) ? undefined : outcome.session.release()));
  };

  const obey = ({ kind, id, first: slot }: Frame, payload: Buffer): void => {
    if (kind === command.run) withSlot(id, slot, (loaded) => begin(id, loaded, payload));
    else if (kind === command.load) load(id, slot, JSON.parse(payload.toString()));
    else if (kind === command.ready) withSlot(id, slot, () => sayLoaded(id));
    else if (kind === command.unload) unload(slot);
  };

  writer.attach(channel);
  writer.send({ kind: report.started, id: 0, first: 0, second: 0 }, noBytes);
  flush();
  const read = frameReader(obey);
  channel.on('data', (chunk) => {
    flushedAt = performance.now();
    read(chunk);
    if (running === 0) flush();
  });
};

const noBytes = Buffer.alloc(0);

const feedsOf = (request: InferenceRequest): { [name: string]: OnnxValue } => {
  const feeds: { [name: string]: OnnxValue } = {};
  for (const input of request.inputs) feeds[input.name] = toOnnx(input);
  return feeds;
};

const fetchesOf = (request: InferenceRequest, session: InferenceSession): readonly string[] =>
  request.outputs.length === 0 ? session.outputNames : request.outputs;

const encoded = (model: ModelRef, request: InferenceRequest, outputs: InferenceSession.OnnxValueMapType): string | Failure => {
  const tensors: Tensor[] = [];
  for (const name of request.outputs.length === 0 ? model.signature.outputs.map((spec) => spec.name) : request.outputs) {
    const output = outputs[name];
    if (output === undefined || !('data' in output))
      return failed('invalid', 'output-mismatch', `The model gave no tensor as its output "${name}".`);
    tensors.push(fromOnnx(name, output as OnnxTensor));
  }
  return responseText(model, request.id, tensors, model.signature);
};

const loadModel = async ({ path, model }: LoadOrder): Promise<Loaded | LoadFailure> => {
  if (!existsSync(path)) return failed('not-found', 'artifact-not-found', 'The artifact of this model is not there.');
  try {
    return { model, session: await openSession(path) };
  } catch (error) {
    return failed('unavailable', 'model-load-failed', `onnxruntime could not load the model: ${onnxMessage(error)}`);
  }
};
