import { Service } from '@pulumi/gcp/projects/service.js';
import { ServiceIdentity } from '@pulumi/gcp/projects/serviceIdentity.js';
import { ComponentResource, type ComponentResourceOptions, type Resource as PulumiResource } from '@pulumi/pulumi';

/** What every platform asks of Google Cloud. */
const always = [
  'artifactregistry',
  'cloudbuild',
  'cloudfunctions',
  'cloudscheduler',
  'cloudtasks',
  'eventarc',
  'firestore',
  'iam',
  'iamcredentials',
  'logging',
  'monitoring',
  'pubsub',
  'run',
  'secretmanager',
  'storage',
] as const;

/** Services whose own accounts are granted something, which they may be only once they are there. */
const agents = ['eventarc', 'pubsub'] as const;
const agentsWithKeys = ['firestore', 'secretmanager'] as const;

export type ServicesArgs = {
  readonly ownKeys: boolean;
  readonly edge: boolean;
  readonly gateway: boolean;
  readonly budget: boolean;
  readonly queries: boolean;
};

/** The services of Google Cloud that a stack uses, switched on. They stay on when it goes: others in the project may need them. */
export class Services extends ComponentResource {
  readonly #on: ReadonlyMap<string, readonly PulumiResource[]>;

  constructor(name: string, args: ServicesArgs, options?: ComponentResourceOptions) {
    super('hybrid:gcp:Services', name, {}, options);
    const identified: readonly string[] = args.ownKeys ? [...agents, ...agentsWithKeys] : agents;
    this.#on = new Map(
      servicesOf(args).map((service) => {
        const called = { service: `${service}.googleapis.com` };
        const on = new Service(`${name}-${service}`, { ...called, disableOnDestroy: false }, { parent: this });
        const agent = () => new ServiceIdentity(`${name}-${service}-agent`, called, { parent: this, dependsOn: on });
        return [service, identified.includes(service) ? [on, agent()] : [on]];
      }),
    );
    this.registerOutputs({});
  }

  /** What has to be there before a resource of this type: `gcp:pubsub/topic:Topic`. */
  before(type: string): readonly PulumiResource[] {
    const module = /^gcp:(\w+)\//.exec(type)?.[1] ?? '';
    return (modules[module] ?? [module]).flatMap((service) => this.#on.get(service) ?? []);
  }
}

/** A gateway's document is kept by the second, and its requests are counted by the third. */
const gatewayServices = ['apigateway', 'servicemanagement', 'servicecontrol'] as const;

/** Modules of the provider that are not called like the one service that they need. */
const modules: { readonly [module: string]: readonly string[] } = {
  apigateway: gatewayServices,
  billing: ['billingbudgets'],
  cloudfunctionsv2: ['cloudfunctions', 'cloudbuild', 'run', 'artifactregistry'],
  cloudrunv2: ['run'],
  eventarc: ['eventarc', 'pubsub', 'firestore', 'run'],
  kms: ['cloudkms', 'firestore', 'pubsub', 'secretmanager', 'storage'],
  projects: ['iam'],
  pubsub: ['pubsub'],
  serviceaccount: ['iam'],
};

export const servicesOf = ({ ownKeys, edge, gateway, budget, queries }: ServicesArgs): readonly string[] => [
  ...always,
  ...(ownKeys ? ['cloudkms'] : []),
  ...(edge ? ['compute', 'dns'] : []),
  ...(gateway ? gatewayServices : []),
  ...(budget ? ['billingbudgets'] : []),
  ...(queries ? ['bigquery'] : []),
];
