import { getStack, RunError, runtime } from '@pulumi/pulumi';
import { Rejected } from '../domain/kernel/failure.ts';
import { contexts } from '../functions/contexts.ts';
import { buildUnits } from '../tools/package/index.ts';
import { deploy } from './deploy.ts';
import { plainStackTraces } from './stack-traces.ts';
import { transforms } from './transforms.ts';

plainStackTraces();

const told = { stack: getStack(), config: runtime.allConfig(), region: process.env.AWS_REGION };

const platform = await deploy(told, contexts, buildUnits, transforms).catch((error: unknown) => {
  // What a person can put right is told without a stack trace.
  throw error instanceof Rejected ? new RunError(error.failure.detail) : error;
});

export const { url, adminKey, tables, buckets, queues, functions, versions, bus, dashboards } = platform.outputs;
