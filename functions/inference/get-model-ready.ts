import { isFailure } from '../../domain/kernel/failure.ts';
import { ok, type PortsOf } from '../kernel/handler.ts';
import type { inference } from './context.ts';
import type { ModelRequest } from './get-model.ts';
import { servingAt } from './serving.ts';

export const getModelReady = async ({ params, principal }: ModelRequest, { endpoints }: PortsOf<typeof inference>) => {
  const serving = await servingAt(endpoints, principal.tenant, params.endpoint, params.version);
  return isFailure(serving) ? serving : ok({ name: serving.endpoint, ready: true });
};
