import { Rejected } from '../domain/kernel/failure.ts';
import { showAudit } from './demo/audit.ts';
import { billTenant } from './demo/billing.ts';
import { deploy, registerModel, registerVersion } from './demo/classifier.ts';
import { type Evaluation, evaluate, percentile } from './demo/evaluation.ts';
import { exportCosts } from './demo/exports.ts';
import { findPlatform, type Platform } from './demo/platform.ts';
import { claim, say, section, show, table } from './demo/report.ts';
import { createTenant } from './demo/tenant.ts';

// The platform's main job, start to end, over HTTP: what a stranger runs first. It ends with 0 only where every claim held.

const compare = (first: Evaluation, second: Evaluation): void => {
  section('Both versions');
  const row = ({ version, accuracy, latencies }: Evaluation) => [
    `version ${version}`,
    accuracy.toFixed(4),
    ...[50, 95, 99].map((percent) => percentile(latencies, percent).toFixed(1)),
  ];
  table([['', 'accuracy', 'p50 ms', 'p95 ms', 'p99 ms'], row(first), row(second)]);
  claim('version 2 recognises more digits than version 1', second.accuracy > first.accuracy);
};

const run = async (platform: Platform): Promise<readonly string[]> => {
  const tenant = await createTenant(platform.admin);
  section('Version 1: a linear model');
  await registerModel(tenant.client);
  const first = await registerVersion(tenant.client, 'v1.onnx');
  await deploy(tenant.client, first);
  const evaluated = await evaluate(tenant.client, first, 0.93);
  section('Version 2: a small neural network');
  const second = await registerVersion(tenant.client, 'v2.onnx');
  await deploy(tenant.client, second);
  compare(evaluated, await evaluate(tenant.client, second, 0.97));
  const billed = await billTenant(platform, tenant);
  const files = await exportCosts(billed, platform.folder);
  await showAudit(tenant.client);
  return files;
};

const sentence = (error: unknown): string => {
  if (error instanceof Rejected) return error.failure.detail;
  if (!(error instanceof Error)) return String(error);
  // A file or folder that cannot be had.
  if ('syscall' in error) return `${error.message}.`;
  // What fetch throws where there is no answer.
  return error.cause instanceof Error ? `The platform did not answer: ${error.cause.message}.` : (error.stack ?? error.message);
};

// However it ends, what it started ends with it: by a signal, and where nobody reads on (`npm run demo | head`).
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(signal, () => process.exit(1));
for (const stream of [process.stdout, process.stderr]) stream.on('error', () => process.exit(1));

const started = performance.now();
let platform: Platform | undefined;
try {
  section('Hybrid AI Platform: the demo');
  platform = await findPlatform();
  show('platform', `${platform.admin.url}${platform.own ? ' (started for this run)' : ''}`);
  const files = await run(platform);
  await platform.leave(true);
  say(`\nEverything held, in ${((performance.now() - started) / 1000).toFixed(1)} s. The exports:`);
  for (const file of files) say(file);
} catch (error) {
  process.exitCode = 1;
  process.stderr.write(`\n${sentence(error)}\n`);
  await platform?.leave(false);
}
