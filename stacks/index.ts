import { getStack, RunError, runtime } from '@pulumi/pulumi';
import { Rejected } from '../domain/kernel/failure.ts';
import { contexts } from '../functions/contexts.ts';
import { buildUnits } from '../tools/package/index.ts';
import { deploy, type TransformsFor } from './deploy.ts';
import { plainStackTraces } from './stack-traces.ts';

plainStackTraces();

const told = { stack: getStack(), config: runtime.allConfig(), variables: process.env };

/** What this company changed, for the cloud of the stack alone. */
const ownTransforms: TransformsFor = async (cloud) =>
  ((await import(`./transforms/${cloud}.ts`)) as { readonly transforms: object }).transforms;

const platform = await deploy(told, contexts, buildUnits, ownTransforms).catch((error: unknown) => {
  // What a person can put right is told without a stack trace.
  throw error instanceof Rejected ? new RunError(error.failure.detail) : error;
});

export const { url, adminKey, tables, buckets, queues, functions, versions, bus, dashboards } = platform.outputs;
