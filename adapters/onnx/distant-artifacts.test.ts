import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { failed, Rejected } from '../../domain/kernel/failure.ts';
import type { ModelRef } from '../../domain/kernel/model-host.ts';
import { eventually } from '../conformance/harness.ts';
import { answered, modelOf, requestOf } from '../conformance/model-host.ts';
import { type OnnxModelHost, onnxModelHost } from './model-host.ts';

const body = requestOf([1, 2], [1, 2]);

describe('an artifact that comes from afar', () => {
  let host: OnnxModelHost;
  let addOne: ModelRef;
  let [fetches, held] = [0, 0];
  let coming: () => Promise<unknown>;

  beforeEach(async () => {
    [fetches, held] = [0, 0];
    coming = async () => undefined;
    host = onnxModelHost({
      artifact: async (key) => {
        fetches++;
        await coming();
        const path = fileURLToPath(new URL(`../conformance/models/${key}`, import.meta.url));
        if (!existsSync(path)) return undefined;
        held++;
        return { path, release: () => void held-- };
      },
    });
    addOne = await modelOf(host, 'add-one.onnx');
    fetches = 0;
  });
  afterEach(() => host.close());

  it('is waited for by all who ask meanwhile, and asked for no more once it is loaded', async () => {
    const outcomes = await Promise.all([1, 2, 3].map(() => host.invoke(addOne, body, 20_000)));
    expect(outcomes.map((outcome) => answered(outcome).data)).toEqual([1, 2, 3].map(() => [2, 3]));
    const asked = fetches;
    answered(await host.invoke(addOne, body, 20_000));
    expect(fetches).toBe(asked);
  });

  it('is held until it is read, and not longer', async () => {
    await host.inspect('add-one.onnx');
    expect(held).toBe(0);
    expect(await host.load(addOne)).toBeUndefined();
    await eventually(() => held === 0);
    const broken = { ...addOne, artifact: 'not-onnx.txt' };
    expect(await host.load(broken)).toMatchObject({ code: 'model-load-failed' });
    expect(held).toBe(0);
  });

  it('is let go where the process that was to read it ends', async () => {
    const loading = host.load(addOne);
    await eventually(() => host.pids().length > 0);
    for (const pid of host.pids()) process.kill(pid, 'SIGKILL');
    expect(await loading).toBeUndefined();
    expect(held).toBe(0);
  });

  it('that comes too late is past the deadline of who waits for it', async () => {
    let arrive: () => void = () => undefined;
    coming = () =>
      new Promise<void>((resolve) => {
        arrive = resolve;
      });
    expect(await host.invoke(addOne, body, 50)).toMatchObject({ failure: 'timeout', code: 'deadline-exceeded' });
    arrive();
    await eventually(() => held === 0);
  });

  it('that is not there is not found, and one that cannot be had is asked for again', async () => {
    expect(await host.load({ ...addOne, artifact: 'nothing' })).toMatchObject({ code: 'artifact-not-found' });
    coming = async () => {
      throw new Rejected(failed('unavailable', 'throttled', 'S3 is busy.'));
    };
    expect(await host.invoke(addOne, body, 20_000)).toMatchObject({
      failure: 'unavailable',
      code: 'model-load-failed',
      detail: expect.stringContaining('S3 is busy.'),
    });
    coming = async () => undefined;
    answered(await host.invoke(addOne, body, 20_000));
  });
});
