import { BucketObject } from '@pulumi/gcp/storage/bucketObject.js';
import { asset, type Input, interpolate, type Resource as PulumiResource } from '@pulumi/pulumi';
import type { Bundle } from '../bundle.ts';
import { ObjectStore } from './object-store.ts';
import { Role } from './role.ts';
import { accountId, type Site } from './site.ts';

/** Where zips lie that functions are built from, and what they are built as. */
export type CodeStore = {
  readonly keep: (bundle: Bundle) => { readonly codeBucket: Input<string>; readonly codeObject: Input<string> };
  readonly builder: Input<string>;
  readonly ready: readonly PulumiResource[];
};

export const codeStore = (site: Site, parent: PulumiResource): CodeStore => {
  const made = { context: 'platform', region: site.region, keep: 'until deleted', protectsData: false } as const;
  const store = new ObjectStore('code', made, { parent });
  const builder = builderOf(site, store, parent);
  return {
    keep: ({ name, zip, sha256 }) => {
      const object = new BucketObject(
        `code-${name}`,
        // The content is in the name, so that a revision that is gone back to still finds its own.
        { bucket: store.bucketName, name: `${name}/${sha256}.zip`, source: new asset.FileAsset(zip) },
        { parent: store, retainOnDelete: true },
      );
      return { codeBucket: store.bucketName, codeObject: object.name };
    },
    builder: builder.accountName,
    ready: builder.grants,
  };
};

/**
 * Cloud Build would take the project's own account, which may change everything in it: this one reads zips, and writes images and logs. Cloud
 * Functions copies a zip to a bucket of its own first, which it makes with the first function of a region.
 */
const builderOf = (site: Site, store: ObjectStore, parent: PulumiResource): Role =>
  new Role(
    'builder',
    {
      project: site.project,
      accountId: accountId(site, 'builder'),
      describes: 'Builds functions',
      bindings: [
        { name: 'reads-code', role: 'roles/storage.objectViewer', on: { kind: 'bucket', bucketName: store.bucketName } },
        {
          name: 'reads-copies',
          role: 'roles/storage.objectViewer',
          on: { kind: 'future bucket', bucketName: interpolate`gcf-v2-sources-${site.projectNumber}-${site.region}` },
        },
        { name: 'writes-images', role: 'roles/artifactregistry.writer', on: { kind: 'project' } },
        { name: 'writes-logs', role: 'roles/logging.logWriter', on: { kind: 'project' } },
      ],
    },
    { parent },
  );
