import type { Kind } from '../provider/kind.ts';
import { type ProviderOptions, startProvider } from '../provider/provider.ts';
import type { EmulatedProvider, Records } from '../provider/records.ts';
import type { Properties } from '../provider/values.ts';
import { balancerKinds } from './balancer.ts';
import { job, trigger } from './callers.ts';
import { recordSet } from './dns.ts';
import { database, document, field, index } from './firestore.ts';
import { cloudFunction } from './function.ts';
import { account, customRole, members } from './iam.ts';
import { cryptoKey, keyRing } from './kms.ts';
import { agentOf, deployerToken } from './project.ts';
import { subscription, topic } from './pubsub.ts';
import { recorded } from './recorded.ts';
import { secret, secretVersion } from './secrets.ts';
import { afterItsApi, service, serviceIdentity } from './services.ts';
import { bucket, bucketObject } from './storage.ts';
import type { World } from './world.ts';

const kindsOf = (world: World): Kind[] => [
  database(world),
  document(world),
  index(world),
  field(world),
  topic(world),
  subscription(world),
  bucket(world),
  bucketObject(world),
  secret(world),
  secretVersion(world),
  account(world),
  customRole(world),
  ...members(world),
  cloudFunction(world),
  trigger(world),
  job(world),
  service(world),
  serviceIdentity(world),
  keyRing(world),
  cryptoKey(world),
  ...balancerKinds(world),
  recordSet(world),
];

/** A provider of the `gcp` package that makes on emulators what it is asked for. */
export const startGcpProvider = async (world: World, options: ProviderOptions): Promise<EmulatedProvider> => {
  const { project } = world;
  const kinds = new Map(kindsOf(world).map((kind) => [kind.type, kind]));
  const records: Records = new Map();
  const storageAgent = agentOf(project, 'gs-project-accounts');
  const invoke = async (token: string, { projectId }: Properties): Promise<object> => {
    if (token === 'gcp:organizations/getProject:getProject' && projectId === project.id)
      return { id: `projects/${project.id}`, projectId: project.id, number: project.number, name: project.id };
    if (token === 'gcp:organizations/getClientConfig:getClientConfig')
      return { id: project.id, accessToken: deployerToken, project: project.id, region: project.region, zone: '', defaultLabels: {} };
    if (token === 'gcp:storage/getProjectServiceAccount:getProjectServiceAccount')
      return { id: storageAgent, emailAddress: storageAgent, member: `serviceAccount:${storageAgent}`, project: project.id };
    throw new Error(`${token} is not among what this provider can be asked`);
  };
  const afterApi = afterItsApi(world);
  const kindOf = (type: string) => afterApi(kinds.get(type) ?? recorded(type, records, project));
  const listening = await startProvider({ version: '9.37.0', kindOf, invoke, ...options });
  return { ...listening, records };
};
