import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { afterEach, describe, expect, it } from 'vitest';
import { eventually, settableClock } from '../conformance/harness.ts';
import { answered, modelHostConformance, modelOf, requestOf } from '../conformance/model-host.ts';
import { type OnnxModelHost, type OnnxModelHostOptions, onnxModelHost } from './model-host.ts';

const artifact = (key: string): { readonly path: string } | undefined => {
  const path = fileURLToPath(new URL(`../conformance/models/${key}`, import.meta.url));
  return existsSync(path) ? { path } : undefined;
};

modelHostConformance('the laptop', async () => {
  const host = onnxModelHost({ artifact });
  return { host, close: () => host.close() };
});

const isAlive = (pid: number): boolean => {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
};

describe('the processes of a model host', () => {
  const open: OnnxModelHost[] = [];
  const start = (options: Partial<OnnxModelHostOptions> = {}): OnnxModelHost => {
    const host = onnxModelHost({ artifact, ...options });
    open.push(host);
    return host;
  };
  afterEach(async () => {
    for (const host of open.splice(0)) await host.close();
  });
  const ask = (host: OnnxModelHost, model: Awaited<ReturnType<typeof modelOf>>, data: readonly number[] = [1, 2], deadline = 20_000) =>
    host.invoke(model, requestOf(data, [1, data.length]), deadline);
  const killAll = (host: OnnxModelHost): void => {
    for (const pid of host.pids()) process.kill(pid, 'SIGKILL');
  };

  it('do not start before they are needed', () => expect(start().pids()).toEqual([]));

  it.runIf(existsSync('/proc/self/oom_score_adj'))('are the first to go where memory runs out', async () => {
    const host = start();
    await host.load(await modelOf(host, 'add-one.onnx'));
    // On a busy machine there is a spare process, too, which begins with saying so.
    const scores = () => host.pids().map((pid) => readFileSync(`/proc/${pid}/oom_score_adj`, 'utf8').trim());
    await eventually(() => scores().every((score) => score === '1000'));
  });

  it('lose no request when they are killed', async () => {
    const host = start();
    const addOne = await modelOf(host, 'add-one.onnx');
    await host.load(addOne);
    const requests = Array.from({ length: 300 }, (_, i) => ask(host, addOne, [i, 0]));
    await new Promise(setImmediate);
    killAll(host);
    expect((await Promise.all(requests)).map((outcome) => answered(outcome).data[0])).toEqual(requests.map((_, i) => i + 1));
  });

  it('are replaced when they are killed idle', async () => {
    const host = start();
    const addOne = await modelOf(host, 'add-one.onnx');
    await host.load(addOne);
    const [first] = host.pids();
    killAll(host);
    answered(await ask(host, addOne));
    expect(host.pids()).not.toContain(first);
  });

  it('are refused for a while to a model that they keep ending in', async () => {
    const clock = settableClock();
    const host = start({ clock });
    const looping = await modelOf(host, 'loops-forever.onnx');
    // Long enough for a process to start, load and be in the run on a busy machine: what is killed before that is not the model's fault.
    const kill = setInterval(() => killAll(host), 3000);
    const outcome = await ask(host, looping, [1]).finally(() => clearInterval(kill));
    expect(['model-failed', 'host-unavailable']).toContain((outcome as { code: string }).code);
    expect(await ask(host, looping, [1], 300)).toMatchObject({ failure: 'unavailable', code: 'host-unavailable' });
    clock.advance(60);
    expect(await ask(host, looping, [1], 300)).toMatchObject({ code: 'deadline-exceeded' });
  });

  it('are gone after closing, also one that is stuck, and what it ran is answered', async () => {
    const host = start();
    const looping = await modelOf(host, 'loops-forever.onnx');
    await host.load(looping);
    const pids = host.pids();
    const stuck = ask(host, looping, [1]);
    await new Promise((resolve) => setTimeout(resolve, 50));
    await host.close();
    expect(await stuck).toMatchObject({ code: 'host-unavailable' });
    expect(pids.filter(isAlive)).toEqual([]);
    expect(await ask(host, looping, [1])).toMatchObject({ code: 'host-unavailable' });
  });

  it('keep no more loaded than the bound, and load again what was put aside', async () => {
    const host = start({ cacheBytes: 1000 });
    const models = [
      await modelOf(host, 'add-one.onnx'),
      await modelOf(host, 'identity-fp32.onnx'),
      await modelOf(host, 'scalar.onnx'),
    ] as const;
    const results: unknown[] = [];
    for (let round = 0; round < 3; round++) {
      results.push(answered(await host.invoke(models[0], requestOf([1, 2], [1, 2]), 20_000)).data);
      results.push(answered(await host.invoke(models[1], requestOf([5], [1]), 20_000)).data);
      results.push(answered(await host.invoke(models[2], requestOf([2], []), 20_000)).data);
    }
    expect(results).toEqual(Array.from({ length: 3 }, () => [[2, 3], [5], [4]]).flat());
  });

  it('do not take a model that is larger than the bound', async () => {
    const host = start({ cacheBytes: 100 });
    expect(await host.load(await modelOf(host, 'add-one.onnx'))).toMatchObject({ code: 'model-load-failed' });
  });

  it('give a large model one of its own', async () => {
    const host = start();
    const addOne = await modelOf(host, 'add-one.onnx');
    await host.load(addOne);
    await host.load({ ...addOne, version: '2', sizeBytes: 64 * 1024 * 1024 });
    expect(host.pids()).toHaveLength(2);
  });

  it('are told of the removal once what runs has answered', async () => {
    const host = start();
    const addOne = await modelOf(host, 'add-one.onnx');
    const running = Array.from({ length: 100 }, () => ask(host, addOne));
    let removed = false;
    const removal = host.remove(addOne).then(() => {
      removed = true;
    });
    expect((await Promise.all(running)).every((outcome) => 'body' in outcome)).toBe(true);
    await removal;
    expect(removed).toBe(true);
  });

  it('hand several looping models their deadlines without harming what else runs', async () => {
    const host = start();
    const addOne = await modelOf(host, 'add-one.onnx');
    const looping = await modelOf(host, 'loops-forever.onnx');
    const sometimes = await modelOf(host, 'loops-when-positive.onnx');
    for (const model of [addOne, looping, sometimes]) await host.load(model);
    const late = [ask(host, looping, [1], 3000), ask(host, sometimes, [1], 3000), ask(host, looping, [1], 3000)];
    const others = Array.from({ length: 20 }, () => ask(host, addOne));
    for (const outcome of await Promise.all(others)) answered(outcome);
    expect((await Promise.all(late)).map((outcome) => (outcome as { code: string }).code)).toEqual(late.map(() => 'deadline-exceeded'));
  });

  it('do not outlive their parent, even stuck in a run', async () => {
    const { spawn } = await import('node:child_process');
    const script = `
      import { onnxModelHost } from ${JSON.stringify(new URL('./model-host.ts', import.meta.url).href)};
      const host = onnxModelHost({ artifact: (key) => ({ path: ${JSON.stringify(fileURLToPath(new URL('../conformance/models/', import.meta.url)))} + key }) });
      const artifact = 'loops-forever.onnx';
      const model = { artifact, sizeBytes: 1, name: 'e', version: '1', signature: await host.inspect(artifact) };
      await host.load(model);
      void host.invoke(model, Buffer.from(${JSON.stringify(new TextDecoder().decode(requestOf([1], [1, 1])))}), 60_000);
      setTimeout(() => console.log(host.pids().join()), 100);`;
    const parent = spawn(process.execPath, ['--import', 'tsx', '--input-type=module', '-e', script], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const said = await new Promise<string>((resolve) => parent.stdout.once('data', (chunk) => resolve(String(chunk))));
    const pids = said.trim().split(',').map(Number);
    expect(pids.length > 0 && pids.every(isAlive)).toBe(true);
    parent.kill('SIGKILL');
    await eventually(() => !pids.some((pid) => isAlive(pid) && !isZombie(pid)));
  });

  it('do not keep their parent alive', async () => {
    const { spawn } = await import('node:child_process');
    const script = `
      import { onnxModelHost } from ${JSON.stringify(new URL('./model-host.ts', import.meta.url).href)};
      const host = onnxModelHost({ artifact: (key) => ({ path: ${JSON.stringify(fileURLToPath(new URL('../conformance/models/', import.meta.url)))} + key }) });
      const artifact = 'add-one.onnx';
      await host.load({ artifact, sizeBytes: 1, name: 'e', version: '1', signature: await host.inspect(artifact) });`;
    const parent = spawn(process.execPath, ['--import', 'tsx', '--input-type=module', '-e', script], { stdio: 'inherit' });
    expect(await new Promise((resolve) => parent.once('exit', resolve))).toBe(0);
  });
});

/** An ended process that nobody has asked after yet: in a container without an init it stays listed. */
const isZombie = (pid: number): boolean => {
  try {
    return /^State:\s+Z/m.test(readFileSync(`/proc/${pid}/status`, 'utf8'));
  } catch {
    return false;
  }
};
