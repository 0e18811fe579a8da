import { afterEach, beforeEach, describe } from 'vitest';
import { contentConformance } from './object-store-content.ts';
import type { ObjectStoreUnderTest, Subject } from './object-store-harness.ts';
import { keysConformance } from './object-store-keys.ts';
import { multipartConformance } from './object-store-multipart.ts';
import { presignedConformance } from './object-store-presigned.ts';
import { proofsOf } from './proof.ts';
import type { Target } from './semantics.ts';

/** What every `ObjectStore` does, whatever lies beneath it. Each test has a store of its own. */
export const objectStoreConformance = (target: Target, start: () => Promise<ObjectStoreUnderTest>): void => {
  describe(`the object store on ${target}`, () => {
    let under: ObjectStoreUnderTest;
    beforeEach(async () => {
      under = await start();
    });
    afterEach(() => under.close());

    const { it, observed } = proofsOf('ObjectStore', target);
    const subject: Subject = { under: () => ({ ...under, store: observed(under.store) }), it, target };
    for (const conformance of [contentConformance, keysConformance, multipartConformance, presignedConformance]) conformance(subject);
  });
};
