import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, describe, expect, it } from 'vitest';
import type { ModelHost } from '../../domain/kernel/model-host.ts';
import type { ObjectStore } from '../../domain/kernel/object-store.ts';
import { rejection } from './harness.ts';

/** The models of this folder, as objects. */
const models: Pick<ObjectStore, 'get'> = {
  async get(key) {
    const bytes = readFileSync(fileURLToPath(new URL(`models/${key}`, import.meta.url)));
    const info = { key, sizeBytes: bytes.length, etag: 'e', contentType: 'x', modifiedAt: '' };
    return { info, body: new Blob([bytes]).stream() };
  },
};

/** What a function that only looks into models does as any model host does, and what it leaves to others. */
export const modelInspectorConformance = (
  cloud: string,
  open: (options: { readonly artifacts: Pick<ObjectStore, 'get'>; readonly folder: string }) => ModelHost,
): void => {
  describe(`a function that only looks into models, on ${cloud}`, () => {
    const folder = mkdtempSync(join(tmpdir(), 'inspector-'));
    afterAll(() => rmSync(folder, { recursive: true }));
    const host = open({ artifacts: models, folder });
    const model = { artifact: 'add-one.onnx', sizeBytes: 1, signature: { inputs: [], outputs: [] }, name: 'e', version: '1' };

    it('finds the signature of a model, and why another has none', async () => {
      expect(await host.inspect('add-one.onnx')).toMatchObject({ inputs: [{ datatype: 'FP32' }], outputs: [{ datatype: 'FP32' }] });
      expect(await host.inspect('not-onnx.txt')).toMatchObject({ code: 'not-an-onnx-model' });
    }, 30_000);

    it('serves none, and has none to free', async () => {
      const uses = [host.load(model), host.invoke(model, new Uint8Array(0), 1)];
      expect(await Promise.all(uses.map(rejection))).toEqual(uses.map(() => ({ failure: 'unavailable', code: 'models-elsewhere' })));
      await host.remove(model);
    });
  });
};
