import { type Access, makeAccess } from './host/access.ts';
import { type Accounts, makeAccounts } from './host/accounts.ts';
import { makeBalancer } from './host/balancer.ts';
import { callerThrough } from './host/calls.ts';
import { type Compute, makeCompute } from './host/compute.ts';
import { type Ages, makeDeploying } from './host/deploying.ts';
import { type Front, startFront } from './host/front.ts';
import { type Functions, makeFunctions } from './host/functions.ts';
import { type Indexes, makeIndexes } from './host/indexes.ts';
import { makeIngress } from './host/ingress.ts';
import { type Keys, makeKeys } from './host/keys.ts';
import { makeNames, type Names } from './host/names.ts';
import { makePushes, type Pushes } from './host/pushes.ts';
import { type Scheduler, startScheduler } from './host/scheduler.ts';
import { makeServices } from './host/services.ts';
import { makeTriggers, type Triggers } from './host/triggers.ts';
import type { Emulators, Project } from './project.ts';
import { ownerOfAll, type Rest, restOf } from './rest.ts';

/** An emulated project: what the emulators have, and what there is no emulator for. */
export type World = {
  readonly project: Project;
  readonly accounts: Accounts;
  readonly access: Access;
  readonly indexes: Indexes;
  readonly functions: Functions;
  readonly pushes: Pushes;
  readonly triggers: Triggers;
  readonly scheduler: Scheduler;
  readonly compute: Compute;
  readonly names: Names;
  readonly keys: Keys;
  /** Hosts of the APIs that are switched on. */
  readonly apis: Set<string>;
  /** The e-mails that Google's own services work as, as soon as they are there. */
  readonly agents: Set<string>;
  /** As an owner of the project. */
  readonly firestore: Rest;
  readonly pubSub: Rest;
  readonly storage: Rest;
  readonly secretManager: Rest;
  readonly emulators: Emulators;
  /** Databases; the emulator has any that is named. */
  readonly databases: Set<string>;
  /** Where a process sends what is meant for Google (see host/network.mjs), as an account of the project or as `nobody`. */
  networkOf(account: string): string;
  /** What Cloud Monitoring says of subscriptions. */
  readonly ages: Ages;
  /** Where an update asks what it asks beside the provider: Pub/Sub and Cloud Monitoring. */
  readonly deployingUrl: string;
  /** Where Pub/Sub pushes to. */
  pushUrlOf(subscription: string): string;
  close(): Promise<void>;
};

export type WorldOptions = {
  /** How long a minute of the scheduler's is. */
  readonly minuteMillis?: number;
  /** The zones of Cloud DNS that are there, by their names. */
  readonly zones?: Readonly<Record<string, string>>;
};

/** What people switch on before a stack can ask for anything. */
const firstApis = ['cloudresourcemanager.googleapis.com', 'serviceusage.googleapis.com'];

export const startWorld = async (
  project: Project,
  emulators: Emulators,
  { minuteMillis, zones = {} }: WorldOptions = {},
): Promise<World> => {
  const accounts = makeAccounts(project.id);
  const access = makeAccess();
  const indexes = makeIndexes();
  let front: Front | undefined;
  const frontUrl = (): string => front?.url ?? '';
  const networkOf = (account: string): string => `${frontUrl()}/as/${encodeURIComponent(account)}`;
  const call = callerThrough(frontUrl, accounts);
  const functions: Functions = makeFunctions((name) => (incoming, outgoing) => void ingress(name, incoming, outgoing), networkOf);
  const ingress = makeIngress(project, functions, accounts, access);
  const pushes = makePushes(call);
  const triggers = makeTriggers(project, emulators.firestore, call);
  const scheduler = startScheduler(call, minuteMillis);
  const [compute, names, keys] = [makeCompute(), makeNames(zones), makeKeys(access)];
  const balancer = makeBalancer(compute, names, ingress);
  const ages: Ages = new Map();
  const deploying = makeDeploying(emulators.pubSub, pushes, ages);
  const services = makeServices({ emulators, accounts, access, indexes });
  front = await startFront({ project, accounts, services, ingress, balancer, deploying, pushed: pushes.receive });
  return {
    ...{ project, accounts, access, indexes, functions, pushes, triggers, scheduler, emulators, networkOf },
    ...{ ages, deployingUrl: `${frontUrl()}/deploying/`, compute, names, keys, apis: new Set(firstApis), agents: new Set() },
    firestore: restOf(emulators.firestore, ownerOfAll),
    pubSub: restOf(emulators.pubSub),
    storage: restOf(emulators.storage),
    secretManager: restOf(emulators.secretManager),
    databases: new Set(),
    pushUrlOf: (subscription) => `${frontUrl()}/push/${encodeURIComponent(subscription)}`,
    async close() {
      scheduler.close();
      await triggers.close();
      await functions.close();
      await front?.close();
      await accounts.close();
    },
  };
};
