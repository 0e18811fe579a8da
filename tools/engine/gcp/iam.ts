import * as z from 'zod';
import { kind } from '../provider/kind.ts';
import type { Properties } from '../provider/values.ts';
import type { Binding } from './host/access.ts';
import type { World } from './world.ts';

const AccountInputs = z.object({ accountId: z.string() });

export const account = ({ project, accounts }: World) =>
  kind({
    type: 'gcp:serviceaccount/account:Account',
    inputs: AccountInputs,
    replacedBy: ['accountId', 'project'],
    computes: ['email', 'member', 'name', 'uniqueId'],
    create: async ({ accountId }) => {
      if (!/^[a-z][a-z0-9-]{4,28}[a-z0-9]$/.test(accountId)) throw new Error(`"account_id" ("${accountId}") doesn't match regexp`);
      const email = `${accountId}@${project.id}.iam.gserviceaccount.com`;
      const name = `projects/${project.id}/serviceAccounts/${email}`;
      await accounts.add(email);
      return { id: name, computed: { email, member: `serviceAccount:${email}`, name, uniqueId: accountId } };
    },
    read: async (_id, { email }) => (accounts.has(String(email)) ? { computed: {} } : undefined),
    remove: async (_id, { email }) => accounts.remove(String(email)),
  });

const RoleInputs = z.object({ roleId: z.string(), permissions: z.array(z.string()) });

export const customRole = ({ project, access }: World) =>
  kind({
    type: 'gcp:projects/iAMCustomRole:IAMCustomRole',
    inputs: RoleInputs,
    replacedBy: ['roleId', 'project'],
    computes: ['name'],
    create: async ({ roleId, permissions }) => {
      const name = `projects/${project.id}/roles/${roleId}`;
      access.define(name, permissions);
      return { id: name, computed: { name } };
    },
    read: async (id) => (access.defined(id) === undefined ? undefined : { computed: { name: id } }),
    update: async (id, { permissions }) => void access.define(id, permissions),
    remove: async (id) => access.undefine(id),
  });

const text = (value: unknown): string => (typeof value === 'string' ? value : '');

/** What a member is bound on, as access names it. */
const targets: { readonly [type: string]: (inputs: Properties, projectId: string) => string } = {
  'gcp:projects/iAMMember:IAMMember': ({ condition }) => {
    const { expression } = (condition ?? {}) as { readonly expression?: string };
    if (expression === undefined) return 'project';
    const [, bucket] = /^resource\.name\.startsWith\("projects\/_\/buckets\/([^"/]+)"\)$/.exec(expression) ?? [];
    if (bucket !== undefined) return `bucket:${bucket}`;
    const [, name] = /^resource\.name == "projects\/[^/]+\/databases\/([^"/]+)"$/.exec(expression) ?? [];
    if (name === undefined) throw new Error(`a condition that is not known here: ${expression}`);
    return `database:${name}`;
  },
  'gcp:storage/bucketIAMMember:BucketIAMMember': ({ bucket }) => `bucket:${text(bucket)}`,
  'gcp:pubsub/topicIAMMember:TopicIAMMember': ({ topic }) => `topic:${text(topic)}`,
  'gcp:pubsub/subscriptionIAMMember:SubscriptionIAMMember': ({ subscription }) => `subscription:${text(subscription)}`,
  'gcp:secretmanager/secretIamMember:SecretIamMember': ({ secretId }, projectId) =>
    `secret:projects/${projectId}/secrets/${text(secretId)}`,
  'gcp:serviceaccount/iAMMember:IAMMember': ({ serviceAccountId }) => `account:${text(serviceAccountId).split('/').at(-1)}`,
  'gcp:cloudrunv2/serviceIamMember:ServiceIamMember': ({ name }) => `service:${text(name)}`,
  'gcp:cloudtasks/queueIamMember:QueueIamMember': ({ name }) => `tasks:${text(name)}`,
  'gcp:kms/cryptoKeyIAMMember:CryptoKeyIAMMember': ({ cryptoKeyId }) => `key:${text(cryptoKeyId)}`,
};

export const idOfBinding = ({ resource, role, member }: Binding): string => [resource, role, member].join(' ');

const Member = z.looseObject({ role: z.string(), member: z.string() });

/** Everybody, accounts of the project, and those of Google's own services once they are there; that of Cloud Storage is as soon as somebody asks for it. */
const isThere = ({ accounts, agents }: World, member: string): boolean => {
  const email = member.replace('serviceAccount:', '');
  return (
    member === 'allUsers' || email.endsWith('@gs-project-accounts.iam.gserviceaccount.com') || agents.has(email) || accounts.has(email)
  );
};

/** Properties that say on what. */
const targeting = ['bucket', 'topic', 'subscription', 'secretId', 'serviceAccountId', 'name', 'cryptoKeyId'];

/** Members of roles, on each kind of resource that a stack grants something on. */
export const members = (world: World) => {
  const { project, access } = world;
  return Object.entries(targets).map(([type, target]) =>
    kind({
      type,
      inputs: Member,
      replacedBy: ['role', 'member', 'project', 'condition', ...targeting],
      computes: ['etag'],
      create: async (inputs) => {
        const resource = target(inputs as Properties, project.id);
        if (!isThere(world, inputs.member)) throw new Error(`Error 400: Service account ${inputs.member} does not exist.`);
        const binding = { resource, role: inputs.role, member: inputs.member };
        const id = idOfBinding(binding);
        access.bind(id, binding);
        return { id, computed: { etag: '' } };
      },
      read: async (id) => (access.has(id) ? { computed: {} } : undefined),
      remove: async (id) => access.unbind(id),
    }),
  );
};
