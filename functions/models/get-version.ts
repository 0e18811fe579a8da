import { isFailure } from '../../domain/kernel/failure.ts';
import { handler, ok } from '../kernel/handler.ts';
import type { models } from './context.ts';
import { findVersion } from './registry.ts';
import { versionView } from './views.ts';

export const getVersion = handler<typeof models, 'GET /v1/models/{name}/versions/{version}'>(
  async ({ params, principal }, { registry }) => {
    const found = await findVersion(registry, principal.tenant, params.name, params.version);
    return isFailure(found) ? found : ok(versionView(found.state));
  },
);
