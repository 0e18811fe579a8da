import { isFailure } from '../../domain/kernel/failure.ts';
import { type HttpRequest, ok, type PortsOf } from '../kernel/handler.ts';
import type { inference } from './context.ts';
import { servingAt } from './serving.ts';

export type ModelRequest = HttpRequest<{ readonly endpoint: string; readonly version?: string }>;

export const getModel = async ({ params, principal }: ModelRequest, { endpoints }: PortsOf<typeof inference>) => {
  const serving = await servingAt(endpoints, principal.tenant, params.endpoint, params.version);
  if (isFailure(serving)) return serving;
  const { endpoint, version, signature } = serving;
  return ok({ name: endpoint, versions: [version], platform: 'onnx_onnxv1', inputs: signature.inputs, outputs: signature.outputs });
};
