import { type Deployment, type Endpoint, endpointStream } from '../../domain/inference/endpoint.ts';
import { partitionKey } from '../../domain/kernel/event-store.ts';
import { type Failure, failed } from '../../domain/kernel/failure.ts';
import type { Table } from '../../domain/kernel/table.ts';
import type { TenantId } from '../../domain/kernel/tenancy.ts';

/** What answers at a tenant's endpoint; only the serving version is addressable. */
export const servingAt = async (
  endpoints: Pick<Table, 'get'>,
  tenant: TenantId,
  name: string,
  version: string | undefined,
): Promise<Deployment | Failure> => {
  const item = await endpoints.get({ pk: partitionKey(endpointStream(tenant, name)), sk: 'state#endpoint' });
  const serving = (item?.state as Endpoint | undefined)?.serving;
  if (!serving)
    return failed(
      'not-found',
      'endpoint-not-found',
      `There is no endpoint "${name}" that serves (yet); deploy a model with PUT /v1/endpoints/${name}, and GET it until it is "ready".`,
    );
  if (version !== undefined && version !== serving.version)
    return failed(
      'not-found',
      'version-not-serving',
      `Endpoint "${name}" serves version "${serving.version}", not "${version}"; only the serving version is addressable.`,
    );
  return serving;
};
