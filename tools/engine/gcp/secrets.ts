import * as z from 'zod';
import { kind } from '../provider/kind.ts';
import { agentOf } from './project.ts';
import type { World } from './world.ts';

const Replica = z.object({ location: z.string(), customerManagedEncryption: z.object({ kmsKeyName: z.string() }).optional() });
const SecretInputs = z.object({
  secretId: z.string(),
  labels: z.record(z.string(), z.string()).default({}),
  replication: z.object({ userManaged: z.object({ replicas: z.array(Replica).min(1) }) }),
  deletionProtection: z.boolean().default(false),
});

export const secret = ({ project, secretManager, keys }: World) =>
  kind({
    type: 'gcp:secretmanager/secret:Secret',
    inputs: SecretInputs,
    replacedBy: ['secretId', 'project', 'replication'],
    computes: ['name'],
    create: async ({ secretId, labels, replication }) => {
      for (const { location, customerManagedEncryption: { kmsKeyName } = {} } of replication.userManaged.replicas)
        if (kmsKeyName !== undefined) keys.use(kmsKeyName, agentOf(project, 'gcp-sa-secretmanager'), location);
      const id = `projects/${project.id}/secrets/${secretId}`;
      await secretManager('POST', `/v1/projects/${project.id}/secrets?secretId=${secretId}`, { replication: { automatic: {} }, labels });
      return { id, computed: { name: id } };
    },
    read: async (id) => ((await secretManager('GET', `/v1/${id}`)) === undefined ? undefined : { computed: { name: id } }),
    update: async () => ({}),
    remove: async (id, { deletionProtection }) => {
      if (deletionProtection) throw new Error(`cannot destroy ${id} without setting deletion_protection=false`);
      await secretManager('DELETE', `/v1/${id}`);
    },
  });

const VersionInputs = z.object({ secret: z.string(), secretData: z.string() });

export const secretVersion = ({ secretManager }: World) =>
  kind({
    type: 'gcp:secretmanager/secretVersion:SecretVersion',
    inputs: VersionInputs,
    replacedBy: ['secret', 'secretData'],
    computes: ['name', 'version'],
    secrets: ['secretData'],
    create: async ({ secret: of, secretData }) => {
      const payload = { data: Buffer.from(secretData).toString('base64') };
      const said = await secretManager<{ name: string }>('POST', `/v1/${of}:addVersion`, { payload });
      const name = said?.name ?? '';
      return { id: name, computed: { name, version: name.split('/').at(-1) ?? '' } };
    },
    read: async (id) =>
      (await secretManager('GET', `/v1/${id}`)) === undefined ? undefined : { computed: { name: id, version: id.split('/').at(-1) ?? '' } },
    remove: async (id) => {
      await secretManager('POST', `/v1/${id}:destroy`, {});
    },
  });
