import { fileURLToPath } from 'node:url';
import { onnxModelHost } from '../adapters/onnx/model-host.ts';
import { isFailure, orReject, Rejected } from '../domain/kernel/failure.ts';
import type { ModelRef, Signature } from '../domain/kernel/model-host.ts';

// What one inference through the model host costs, in microseconds: wall time, the CPU of this process, and the run itself.
const models = fileURLToPath(new URL('../adapters/conformance/models/', import.meta.url));
const artifact = 'add-one.onnx';
const requests = 100_000;
const body = new TextEncoder().encode(JSON.stringify({ inputs: [{ name: 'x', datatype: 'FP32', shape: [2, 2], data: [1, 2, 3, 4] }] }));

const host = onnxModelHost({ artifact: (key) => ({ path: models + key }) });
const signature = orReject<Signature>(await host.inspect(artifact));
const model: ModelRef = { artifact, sizeBytes: 138, signature, name: 'bench', version: '1' };
await host.load(model);

const measure = async (inFlight: number): Promise<string> => {
  let left = requests;
  let runMicros = 0;
  const client = async (): Promise<void> => {
    while (left-- > 0) {
      const outcome = await host.invoke(model, body, 10_000);
      if (isFailure(outcome)) throw new Rejected(outcome);
      runMicros += outcome.computeMicros;
    }
  };
  const cpu = process.cpuUsage();
  const startedAt = performance.now();
  await Promise.all(Array.from({ length: inFlight }, client));
  const wallMicros = (performance.now() - startedAt) * 1000;
  const { user, system } = process.cpuUsage(cpu);
  const each = (micros: number): string => (micros / requests).toFixed(1);
  return `${inFlight} in flight: ${each(wallMicros)} µs wall, ${each(user + system)} µs CPU here, ${each(runMicros)} µs in the run`;
};

await measure(64);
for (const inFlight of [1, 16, 64]) process.stdout.write(`${await measure(inFlight)}\n`);
await host.close();
