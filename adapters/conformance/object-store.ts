import { afterEach, beforeEach, describe } from 'vitest';
import { contentConformance } from './object-store-content.ts';
import type { ObjectStoreUnderTest } from './object-store-harness.ts';
import { keysConformance } from './object-store-keys.ts';
import { multipartConformance } from './object-store-multipart.ts';
import { presignedConformance } from './object-store-presigned.ts';

/** What every `ObjectStore` does, whatever lies beneath it. Each test has a store of its own. */
export const objectStoreConformance = (name: string, start: () => Promise<ObjectStoreUnderTest>): void => {
  describe(`the object store on ${name}`, () => {
    let under: ObjectStoreUnderTest;
    beforeEach(async () => {
      under = await start();
    });
    afterEach(() => under.close());

    for (const conformance of [contentConformance, keysConformance, multipartConformance, presignedConformance]) conformance(() => under);
  });
};
