import { KeyRing } from '@pulumi/gcp/kms/keyRing.js';
import { getProjectServiceAccountOutput } from '@pulumi/gcp/storage/getProjectServiceAccount.js';
import type { Output, Resource as PulumiResource } from '@pulumi/pulumi';
import { Key } from './key.ts';
import type { Services } from './services.ts';
import { type Site, serviceAgent } from './site.ts';
import type { Transforms } from './transforms.ts';

/** What the stack's own keys are for: one compromised or deleted key does not take the rest along. */
export type KeyName = 'data' | 'messages' | 'secrets';
/** Empty where Google's keys do. */
export type Keys = { readonly [name in KeyName]?: Output<string> };

export type KeysArgs = {
  readonly site: Site;
  readonly protectsData: boolean;
  readonly services: Services;
  readonly transforms: Transforms;
  readonly parent: PulumiResource;
};

/** The keys, and what has to be there before anything is encrypted with them. */
export const makeKeys = ({
  site,
  protectsData,
  services,
  transforms,
  parent,
}: KeysArgs): { keys: Keys; usable: readonly PulumiResource[] } => {
  // A ring cannot be deleted, ever: its name would be taken if it were the same next time.
  const ring = new KeyRing('keys-ring', { location: site.region }, { parent });
  // Asking for it is what makes sure that it is there.
  const dependsOn = [...services.before('gcp:storage/')];
  const storage = getProjectServiceAccountOutput({ project: site.project }, { parent, dependsOn }).member;
  const key = (name: KeyName, users: ConstructorParameters<typeof Key>[1]['users']): Key =>
    new Key(name, { keyRing: ring.id, users, protectsData, transform: transforms.key?.[name] }, { parent });
  const made = {
    data: key('data', { firestore: serviceAgent(site, 'gcp-sa-firestore'), storage }),
    messages: key('messages', { pubsub: serviceAgent(site, 'gcp-sa-pubsub') }),
    secrets: key('secrets', { secretmanager: serviceAgent(site, 'gcp-sa-secretmanager') }),
  };
  return {
    keys: { data: made.data.keyName, messages: made.messages.keyName, secrets: made.secrets.keyName },
    usable: Object.values(made).flatMap(({ users }) => users),
  };
};
