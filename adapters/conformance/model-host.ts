import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Failure, isFailure } from '../../domain/kernel/failure.ts';
import type { Datatype, Invocation, ModelHost, ModelRef, Signature } from '../../domain/kernel/model-host.ts';
import { proofsOf } from './proof.ts';
import type { Target } from './semantics.ts';

/** A model host under test, over an object store that holds the files of `adapters/conformance/models` under their names. */
export type ModelHostUnderTest = { readonly host: ModelHost; close(): Promise<void> };

const ample = 20_000;

export const inferenceBody = (request: unknown): Uint8Array => new TextEncoder().encode(JSON.stringify(request));

/** A request of one input `x`. */
export const requestOf = (data: unknown, shape: readonly number[], datatype: Datatype = 'FP32', id?: string): Uint8Array =>
  inferenceBody({ id, inputs: [{ name: 'x', datatype, shape, data }] });

const signatures = new Map<string, Promise<unknown>>();

/** Reference to a fixture that can be loaded. Its signature is read once: that takes a process. */
export const modelOf = async (host: ModelHost, artifact: string, version = '1'): Promise<ModelRef> => {
  const reading = signatures.get(artifact) ?? host.inspect(artifact);
  signatures.set(artifact, reading);
  const signature = await reading;
  expect(signature).not.toHaveProperty('code');
  return { artifact, sizeBytes: 500, signature: signature as Signature, name: 'endpoint', version };
};

/** The answer's body, read; a test that meets a failure has failed. */
export const answered = (outcome: Invocation | Failure): Invocation & { readonly text: string; readonly data: readonly unknown[] } => {
  expect(isFailure(outcome) ? `${outcome.code}: ${outcome.detail}` : 'answered').toBe('answered');
  const invocation = outcome as Invocation;
  const text = new TextDecoder().decode(invocation.body);
  return { ...invocation, text, data: JSON.parse(text).outputs[0].data };
};

/** One suite for every model host: validation, refusals, answers, deadlines. */
export const modelHostConformance = (target: Target, open: () => Promise<ModelHostUnderTest>): void => {
  describe(`the model host on ${target}`, () => {
    const { observed } = proofsOf('ModelHost', target);
    let subject: ModelHostUnderTest;
    let host: ModelHost;
    let addOne: ModelRef;
    beforeAll(async () => {
      subject = await open();
      host = observed(subject.host);
      addOne = await modelOf(host, 'add-one.onnx');
    });
    afterAll(() => subject.close());

    const invoke = (model: ModelRef, body: Uint8Array, deadlineMillis = ample) => host.invoke(model, body, deadlineMillis);

    describe('inspecting', () => {
      it('reads the signature, variable dimensions as -1', async () =>
        expect(await host.inspect('two-inputs.onnx')).toEqual({
          inputs: [
            { name: 'a', datatype: 'FP32', shape: [-1, 2] },
            { name: 'b', datatype: 'INT64', shape: [-1] },
          ],
          outputs: [
            { name: 'sum', datatype: 'FP32', shape: [-1] },
            { name: 'tag', datatype: 'INT64', shape: [-1] },
          ],
        }));
      it('reads a scalar as having no dimensions', async () =>
        expect(((await host.inspect('scalar.onnx')) as Signature).inputs[0]?.shape).toEqual([]));
      it.each([
        ['external-data.onnx', 'external-data'],
        ['external-data-elsewhere.onnx', 'external-data'],
        ['external-data-in-attribute.onnx', 'external-data'],
        ['external-data-in-subgraph.onnx', 'external-data'],
        ['external-data-in-function.onnx', 'external-data'],
        ['external-data-in-sparse-initializer.onnx', 'external-data'],
        ['sequence-output.onnx', 'non-tensor-signature'],
        ['sequence-input.onnx', 'non-tensor-signature'],
        ['optional-output.onnx', 'non-tensor-signature'],
        ['map-output.onnx', 'non-tensor-signature'],
        ['identity-bfloat16.onnx', 'unsupported-tensor-type'],
        ['identity-complex64.onnx', 'unsupported-tensor-type'],
        ['truncated.onnx', 'not-an-onnx-model'],
        ['not-onnx.txt', 'not-an-onnx-model'],
      ])('refuses %s as %s', async (artifact, code) => expect(await host.inspect(artifact)).toMatchObject({ failure: 'invalid', code }));
      it('does not find what is not there', async () =>
        expect(await host.inspect('nothing.onnx')).toMatchObject({ failure: 'not-found', code: 'artifact-not-found' }));
    });

    describe('loading', () => {
      it('succeeds again and again', async () =>
        expect([await host.load(addOne), await host.load(addOne)]).toEqual([undefined, undefined]));
      it('fails where there is no artifact', async () =>
        expect(await host.load({ ...addOne, artifact: 'nothing.onnx' })).toMatchObject({ code: 'artifact-not-found' }));
      it('fails where the artifact is no model', async () =>
        expect(await host.load({ ...addOne, artifact: 'not-onnx.txt' })).toMatchObject({ code: 'model-load-failed' }));
      it('is done by the first request where nobody did', async () => {
        const scalar = await modelOf(host, 'scalar.onnx');
        expect(answered(await invoke(scalar, requestOf([21], []))).data).toEqual([42]);
      });
      it('is forgotten by removing, and a request brings it back', async () => {
        await host.load(addOne);
        await host.remove(addOne);
        expect(answered(await invoke(addOne, requestOf([1, 2], [1, 2]))).data).toEqual([2, 3]);
      });
      it('can be undone where it was never done', async () => expect(await host.remove({ ...addOne, version: '99' })).toBeUndefined());
      it('keeps versions of a name apart', async () => {
        const next = { ...(await modelOf(host, 'scalar.onnx')), version: '2' };
        expect(answered(await invoke(next, requestOf([1], []))).text).toContain('"model_version":"2"');
        expect(answered(await invoke(addOne, requestOf([1, 2], [1, 2]))).text).toContain('"model_version":"1"');
      });
    });

    describe('a run', () => {
      it('answers as the Open Inference Protocol says', async () => {
        const { text } = answered(
          await invoke(
            addOne,
            requestOf(
              [
                [1, 2],
                [3, 4],
              ],
              [2, 2],
              'FP32',
              'r-1',
            ),
          ),
        );
        expect(JSON.parse(text)).toEqual({
          model_name: 'endpoint',
          model_version: '1',
          id: 'r-1',
          outputs: [{ name: 'y', datatype: 'FP32', shape: [2, 2], data: [2, 3, 4, 5] }],
        });
      });
      it('says how many rows it had and what it took, in whole microseconds', async () => {
        const { rows, computeMicros } = answered(await invoke(addOne, requestOf([1, 2, 3, 4, 5, 6], [3, 2])));
        expect(rows).toBe(3);
        expect(Number.isInteger(computeMicros) && computeMicros >= 0 && computeMicros < 1_000_000).toBe(true);
      });
      it('takes no rows at all', async () =>
        expect(answered(await invoke(addOne, requestOf([], [0, 2])))).toMatchObject({ rows: 0, data: [] }));
      it('answers with the outputs asked for, in that order', async () => {
        const two = await modelOf(host, 'two-inputs.onnx');
        const inputs = [
          { name: 'b', datatype: 'INT64', shape: [1], data: [7] },
          { name: 'a', datatype: 'FP32', shape: [1, 2], data: [1, 2] },
        ];
        const { text } = answered(await invoke(two, inferenceBody({ inputs, outputs: [{ name: 'tag' }, { name: 'sum' }] })));
        expect(JSON.parse(text).outputs.map(({ name, data }: { name: string; data: unknown }) => [name, data])).toEqual([
          ['tag', [7]],
          ['sum', [3]],
        ]);
      });
      it.each<[string, Datatype, unknown[]]>([
        ['bool', 'BOOL', [true, false]],
        ['uint8', 'UINT8', [0, 255]],
        ['uint16', 'UINT16', [0, 65535]],
        ['uint32', 'UINT32', [0, 4294967295]],
        ['uint64', 'UINT64', [0, 9007199254740991]],
        ['int8', 'INT8', [-128, 127]],
        ['int16', 'INT16', [-32768, 32767]],
        ['int32', 'INT32', [-2147483648, 2147483647]],
        ['int64', 'INT64', [-9007199254740991, 9007199254740991]],
        ['fp16', 'FP16', [0.5, -65504]],
        ['fp32', 'FP32', [0.1, -3]],
        ['fp64', 'FP64', [0.1, 1e300]],
        ['string', 'BYTES', ['', 'zwölf "数"']],
      ])('carries %s through unchanged', async (file, datatype, data) => {
        const identity = await modelOf(host, `identity-${file}.onnx`);
        const { data: given } = answered(await invoke(identity, requestOf(data, [data.length], datatype)));
        expect(datatype === 'FP32' ? (given as number[]).map(Math.fround) : given).toEqual(
          datatype === 'FP32' ? (data as number[]).map(Math.fround) : data,
        );
      });
      it('answers a thousand at once, each with its own', async () => {
        const outcomes = await Promise.all(
          Array.from({ length: 1000 }, (_, i) => invoke(addOne, requestOf([i, -i], [1, 2], 'FP32', `r${i}`))),
        );
        expect(outcomes.map((outcome) => answered(outcome)).map(({ text, data }) => [JSON.parse(text).id, data])).toEqual(
          outcomes.map((_, i) => [`r${i}`, [i + 1, 1 - i]]),
        );
      });
      it('takes a body of megabytes', async () => {
        const data = Array.from({ length: 600_000 }, (_, i) => i % 1000);
        const { rows, data: given } = answered(await invoke(addOne, requestOf(data, [300_000, 2])));
        expect([rows, given.length, given[599_999]]).toEqual([300_000, 600_000, 1000]);
      });
    });

    describe('what is wrong', () => {
      it.each<[string, Uint8Array, string]>([
        ['no JSON', new TextEncoder().encode('nonsense'), 'invalid-request'],
        ['JSON 10,000 levels deep', new TextEncoder().encode('['.repeat(10_000)), 'invalid-request'],
        ['a wrong name', inferenceBody({ inputs: [{ name: 'z', datatype: 'FP32', shape: [1, 2], data: [1, 2] }] }), 'invalid-tensor'],
        ['a wrong type', requestOf([1, 2], [1, 2], 'INT32'), 'invalid-tensor'],
        ['a wrong shape', requestOf([1, 2, 3], [1, 3]), 'invalid-tensor'],
        ['a wrong length', requestOf([1, 2, 3], [1, 2]), 'invalid-tensor'],
        ['a number past FP32', requestOf([1, 1e39], [1, 2]), 'non-finite-number'],
      ])('in a request is refused: %s', async (_what, body, code) => expect(await invoke(addOne, body)).toMatchObject({ code }));
      it.each([
        ['non-finite.onnx', 'non-finite-output'],
        ['wrong-shape.onnx', 'output-mismatch'],
        ['fails-at-run.onnx', 'model-failed'],
      ])('in a model is told: %s is %s', async (artifact, code) =>
        expect(await invoke(await modelOf(host, artifact), requestOf([0, 1], [1, 2]))).toMatchObject({ failure: 'invalid', code }),
      );
      it('in a model tells nothing of where it runs', async () =>
        expect(((await invoke(await modelOf(host, 'fails-at-run.onnx'), requestOf([0, 1], [1, 2]))) as Failure).detail).not.toMatch(
          /[/\\]\w+[/\\]|\.cc/,
        ));
    });

    describe('a model that never ends', () => {
      it('is answered at its deadline, while others answer within a second', async () => {
        await host.load(addOne);
        const looping = await modelOf(host, 'loops-forever.onnx');
        await host.load(looping);
        const startedAt = performance.now();
        const late = invoke(looping, requestOf([1], [1, 1]), 2500).then((outcome) => ({ outcome, millis: performance.now() - startedAt }));
        const others = await Promise.all(Array.from({ length: 50 }, (_, i) => invoke(addOne, requestOf([i, i], [1, 2]))));
        const millis = performance.now() - startedAt;
        expect(others.map((outcome) => answered(outcome).data)).toEqual(others.map((_, i) => [i + 1, i + 1]));
        expect(millis).toBeLessThan(1000);
        const end = await late;
        expect(end.outcome).toMatchObject({ failure: 'timeout', code: 'deadline-exceeded' });
        expect(end.millis).toBeGreaterThanOrEqual(2500);
        expect(end.millis).toBeLessThan(3500);
      });
      it('answers again where its input lets it', async () => {
        const sometimes = await modelOf(host, 'loops-when-positive.onnx');
        const [stuck, first] = await Promise.all([
          invoke(sometimes, requestOf([1], [1, 1]), 700),
          invoke(sometimes, requestOf([-1], [1, 1])),
        ]);
        expect(stuck).toMatchObject({ code: 'deadline-exceeded' });
        expect(answered(first).data).toEqual([-1]);
        expect(answered(await invoke(sometimes, requestOf([-2], [1, 1]))).data).toEqual([-2]);
      });
      it('does not slow others down when it comes again', async () => {
        const looping = await modelOf(host, 'loops-forever.onnx');
        const late = invoke(looping, requestOf([1], [1, 1]), 1500);
        const startedAt = performance.now();
        answered(await invoke(addOne, requestOf([1, 2], [1, 2])));
        expect(performance.now() - startedAt).toBeLessThan(250);
        expect(await late).toMatchObject({ code: 'deadline-exceeded' });
      });
    });
  });
};
