import type { TenantId } from '../../domain/kernel/tenancy.ts';
import { versionDeleted } from '../../events/models.ts';
import type { EventHandlerOf } from '../kernel/subscriber.ts';
import { releaseArtifact } from './artifacts.ts';
import type { models } from './context.ts';

/** Removes a deleted version's hold on its bytes, and with the last hold the bytes. Again is no harm: a reference is held once. */
export const onVersionDeleted: EventHandlerOf<typeof models> = async (event, ports) => {
  const { digest, reference } = versionDeleted.data.parse(event.data);
  await releaseArtifact({ tenant: event.tenantid as TenantId, digest, reference }, ports);
};
