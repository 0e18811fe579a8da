import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import * as z from 'zod';
import { kind } from '../provider/kind.ts';
import { agentOf } from './project.ts';
import type { World } from './world.ts';

const BucketInputs = z.object({
  name: z.string(),
  location: z.string(),
  forceDestroy: z.boolean().default(false),
  versioning: z.object({ enabled: z.boolean() }).optional(),
  encryption: z.object({ defaultKmsKeyName: z.string() }).optional(),
});
type Listed = { readonly items?: readonly { readonly name: string; readonly generation?: string }[] };

export const bucket = ({ project, storage, keys }: World) => {
  const empty = async (name: string): Promise<void> => {
    for (;;) {
      const { items = [] } = (await storage<Listed>('GET', `/storage/v1/b/${name}/o?versions=true`)) ?? {};
      for (const one of items)
        await storage('DELETE', `/storage/v1/b/${name}/o/${encodeURIComponent(one.name)}?generation=${one.generation ?? ''}`);
      if (items.length === 0) return;
    }
  };
  return kind({
    type: 'gcp:storage/bucket:Bucket',
    inputs: BucketInputs,
    naming: { property: 'name', longest: 63 },
    replacedBy: ['name', 'location', 'project'],
    computes: ['url', 'selfLink'],
    create: async ({ name, location, versioning, encryption }) => {
      if (encryption !== undefined) keys.use(encryption.defaultKmsKeyName, agentOf(project, 'gs-project-accounts'), location);
      await storage('POST', `/storage/v1/b?project=${project.id}`, { name, location, ...(versioning && { versioning }) });
      return { id: name, computed: { url: `gs://${name}`, selfLink: `https://www.googleapis.com/storage/v1/b/${name}` } };
    },
    read: async (id) => ((await storage('GET', `/storage/v1/b/${id}`)) === undefined ? undefined : { computed: {} }),
    remove: async (id, { forceDestroy }) => {
      if (forceDestroy) await empty(id);
      await storage('DELETE', `/storage/v1/b/${id}`);
    },
  });
};

const ObjectInputs = z.object({ bucket: z.string(), name: z.string(), source: z.looseObject({ path: z.string().optional() }) });
type Said = { readonly generation: string; readonly md5Hash: string };

export const bucketObject = ({ emulators, storage }: World) => {
  const pathOf = ({ bucket: within, name }: { readonly bucket: string; readonly name: string }) =>
    `/storage/v1/b/${within}/o/${encodeURIComponent(name)}`;
  const computedOf = ({ generation, md5Hash }: Said) => ({ generation: Number(generation), md5hash: md5Hash });
  return kind({
    type: 'gcp:storage/bucketObject:BucketObject',
    inputs: ObjectInputs,
    replacedBy: ['bucket', 'name', 'source'],
    computes: ['generation', 'md5hash'],
    create: async (inputs, { folder }) => {
      const url = `${emulators.storage}/upload/storage/v1/b/${inputs.bucket}/o?uploadType=media&name=${encodeURIComponent(inputs.name)}`;
      const body = readFileSync(resolve(folder, inputs.source.path ?? ''));
      const response = await fetch(url, { method: 'POST', headers: { 'content-type': 'application/zip' }, body });
      if (!response.ok) throw new Error(`${url}: ${response.status} ${await response.text()}`);
      return { id: `${inputs.bucket}-${inputs.name}`, computed: computedOf((await response.json()) as Said) };
    },
    read: async (_id, state) => {
      const said = await storage<Said>('GET', pathOf(state));
      return said === undefined ? undefined : { computed: computedOf(said) };
    },
    remove: async (_id, state) => {
      await storage('DELETE', pathOf(state));
    },
  });
};
