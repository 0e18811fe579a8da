import { modelRef } from '../../domain/inference/endpoint.ts';
import { type Failure, isFailure } from '../../domain/kernel/failure.ts';
import type { TenantId } from '../../domain/kernel/tenancy.ts';
import { millisOf } from '../kernel/context.ts';
import type { Answer, HttpRequest, PortsOf } from '../kernel/handler.ts';
import { type inference, runTime } from './context.ts';
import { servingAt } from './serving.ts';

const deadlineMillis = millisOf(runTime);

export type InferPorts = Pick<PortsOf<typeof inference>, 'endpoints' | 'modelHost' | 'meter' | 'ids'>;
export type InferTarget = { readonly tenant: TenantId; readonly endpoint: string; readonly version: string | undefined };

/** Runs one request and records what it used, durably, before it is answered; a run that failed is not billed. */
export const inferAt = async (
  { tenant, endpoint, version }: InferTarget,
  body: Uint8Array,
  { endpoints, modelHost, meter, ids }: InferPorts,
): Promise<Answer | Failure> => {
  const serving = await servingAt(endpoints, tenant, endpoint, version);
  if (isFailure(serving)) return serving;
  const run = await modelHost.invoke(modelRef(serving), body, deadlineMillis);
  if (isFailure(run)) return run;
  const id = ids.next();
  await meter.record({ id, tenant, endpoint, requests: 1, rows: run.rows, computeMicros: run.computeMicros });
  return { status: 200, stream: run.body, headers: { 'content-type': 'application/json', 'x-request-id': id } };
};

type InferHttpRequest = HttpRequest<{ readonly endpoint: string; readonly version?: string }, unknown, Uint8Array>;

export const infer = ({ params, principal, body }: InferHttpRequest, ports: InferPorts): Promise<Answer | Failure> =>
  inferAt({ tenant: principal.tenant, endpoint: params.endpoint, version: params.version }, body, ports);
