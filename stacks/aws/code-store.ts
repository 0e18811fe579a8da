import { BucketObjectv2 } from '@pulumi/aws/s3/bucketObjectv2.js';
import { asset, type Input, type Resource as PulumiResource } from '@pulumi/pulumi';
import { ObjectStore } from './object-store.ts';

/** Where zips lie that are too large to be handed over; there is no bucket as long as there is no such zip. */
export type CodeStore = {
  readonly keep: (unit: string, zip: string, sha256: string) => { readonly codeBucket: Input<string>; readonly codeKey: Input<string> };
};

export const codeStore = (parent: PulumiResource): CodeStore => {
  let store: ObjectStore | undefined;
  return {
    keep: (unit, zip, sha256) => {
      store ??= new ObjectStore('code', { context: 'platform', keep: 'until deleted', protectsData: false }, { parent });
      const object = new BucketObjectv2(
        `code-${unit}`,
        // The content is in the name, so that a version that is gone back to still finds its own.
        { bucket: store.bucketName, key: `${unit}/${sha256}.zip`, source: new asset.FileArchive(zip) },
        { parent: store, retainOnDelete: true },
      );
      return { codeBucket: object.bucket, codeKey: object.key };
    },
  };
};
