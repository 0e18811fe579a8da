import { isFailure } from '../../domain/kernel/failure.ts';
import { defaultContentType, presignedPutHeaders } from '../../domain/kernel/object-rules.ts';
import { created, handler } from '../kernel/handler.ts';
import { uploadKey } from './artifacts.ts';
import type { models } from './context.ts';
import { findOpenModel } from './registry.ts';

/** Time to begin an upload; what has arrived waits for as long again. */
const expiresInSeconds = 3600;

export const createUpload = handler<typeof models, 'POST /v1/models/{name}/uploads'>(
  async ({ params, principal, newId }, { registry, artifacts, clock }) => {
    const found = await findOpenModel(registry, principal.tenant, params.name);
    if (isFailure(found)) return found;
    const id = newId();
    const expiresAt = new Date(clock.now().getTime() + expiresInSeconds * 1000).toISOString();
    const url = await artifacts.presign('PUT', uploadKey(principal.tenant, id), expiresInSeconds);
    // Whoever has the URL may write: it is kept no longer than this answer.
    const headers = { 'content-type': defaultContentType, ...presignedPutHeaders };
    return created({ id, method: 'PUT', headers, expiresAt }, { onlyOnce: { url } });
  },
);
