import { readFileSync } from 'node:fs';
import * as z from 'zod';
import type { HttpClient } from '../../tools/http-client.ts';
import { model } from './classifier.ts';
import { expectStatus } from './platform.ts';
import { claim, show } from './report.ts';

const HeldOut = z.object({ images: z.array(z.array(z.number()).length(64)).min(350), labels: z.array(z.int()) });

/** Images that no model saw in training, and the digit that each shows. */
export const heldOut = HeldOut.parse(JSON.parse(readFileSync(new URL('../digits/held-out.json', import.meta.url), 'utf8')));

/** `latencies` in milliseconds, ascending. */
export type Evaluation = { readonly version: string; readonly accuracy: number; readonly latencies: readonly number[] };

type Inference = {
  readonly model_version: string;
  readonly outputs: readonly { readonly name: string; readonly data: readonly number[] }[];
};
type Sent = { readonly right: boolean; readonly version: string; readonly millis: number };

const atOnce = 8;

const classify = async (client: HttpClient, index: number): Promise<Sent> => {
  const inputs = [{ name: 'image', datatype: 'FP32', shape: [1, 64], data: heldOut.images[index] }];
  const started = performance.now();
  const reply = await client.post<Inference>(`/v2/models/${model}/infer`, { inputs, outputs: [{ name: 'label' }] });
  const millis = performance.now() - started;
  const { model_version: version, outputs } = expectStatus(reply, 200, `Classifying image ${index}`);
  const label = outputs.find(({ name }) => name === 'label')?.data[0];
  return { right: label === heldOut.labels[index], version, millis };
};

const classifyAll = async (client: HttpClient): Promise<readonly Sent[]> => {
  const sent: Sent[] = [];
  const waiting = heldOut.images.keys();
  const worker = async () => {
    for (const index of waiting) sent.push(await classify(client, index));
  };
  await Promise.all(Array.from({ length: atOnce }, worker));
  return sent;
};

/** The nearest-rank percentile of ascending values. */
export const percentile = (ascending: readonly number[], percent: number): number =>
  ascending[Math.max(0, Math.ceil((percent / 100) * ascending.length) - 1)] ?? Number.NaN;

/** Sends every held-out image, one a request, and measures. */
export const evaluate = async (client: HttpClient, version: string, expectedAccuracy: number): Promise<Evaluation> => {
  const sent = await classifyAll(client);
  const accuracy = sent.filter(({ right }) => right).length / sent.length;
  const latencies = sent.map(({ millis }) => millis).toSorted((a, b) => a - b);
  show('images sent, one a request', `${sent.length}, ${atOnce} at a time`);
  show('accuracy', accuracy.toFixed(4));
  show('latency p50 / p95 / p99', `${[50, 95, 99].map((percent) => percentile(latencies, percent).toFixed(1)).join(' / ')} ms`);
  claim(
    `all were answered by version ${version}`,
    sent.every((one) => one.version === version),
  );
  claim(`its accuracy is at least ${expectedAccuracy}`, accuracy >= expectedAccuracy, accuracy);
  return { version, accuracy, latencies };
};
