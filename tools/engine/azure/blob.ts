import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import * as z from 'zod';
import { InAccount } from './blob-container.ts';
import { isThere, named, resource } from './resource.ts';
import { manage } from './storage-rest.ts';
import { found, type Subscription } from './subscription.ts';

const Inputs = InAccount.extend({
  containerName: z.string(),
  blobName: z.string(),
  contentType: z.string().default('application/octet-stream'),
  /** The state keeps only what it contained. */
  source: z.looseObject({ path: z.string().optional() }),
});

/** A file of this machine's that is uploaded. */
export const blob = ({ accounts }: Subscription) =>
  resource({
    type: 'storage:Blob',
    inputs: Inputs,
    naming: named('blobName', 1024),
    replacedBy: ['source', 'type'],
    create: async ({ accountName, containerName, contentType, blobName, source }, _names, { folder }) => {
      await manage(found(accounts, accountName), 'blobs', {
        method: 'PUT',
        path: `/${containerName}/${blobName}`,
        headers: { 'x-ms-blob-type': 'BlockBlob', 'content-type': contentType },
        body: readFileSync(resolve(folder, source.path ?? '')),
      });
      return undefined;
    },
    find: async (_names, { accountName, containerName, blobName }) => {
      const account = accounts.get(accountName);
      if (account === undefined) return undefined;
      return isThere((await manage(account, 'blobs', { method: 'HEAD', path: `/${containerName}/${blobName}` })) === 200);
    },
    remove: async (_names, { accountName, containerName, blobName }) => {
      const account = accounts.get(accountName);
      if (account !== undefined) await manage(account, 'blobs', { method: 'DELETE', path: `/${containerName}/${blobName}` });
    },
  });
