import { IAMMember as ProjectMember } from '@pulumi/gcp/projects/iammember.js';
import { Service } from '@pulumi/gcp/projects/service.js';
import { ServiceIdentity } from '@pulumi/gcp/projects/serviceIdentity.js';
import { ComponentResource, type ComponentResourceOptions, type Resource as PulumiResource } from '@pulumi/pulumi';
import { type Site, serviceAgent } from './site.ts';

/** What every platform asks of Google Cloud. Before a stack can be put up, people switch on the project's own two (docs/deploy-gcp.md). */
const always = [
  'artifactregistry',
  'cloudbuild',
  'cloudfunctions',
  'cloudresourcemanager',
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
  'serviceusage',
  'storage',
] as const;

/** Services whose own accounts are granted something, which they may be only once they are there. */
const agents = ['eventarc', 'pubsub'] as const;
const agentsWithKeys = ['firestore', 'secretmanager'] as const;

/** What Google grants these when people make them in the console. Made by a stack they have nothing, and then push, ring and encrypt for nobody. */
const agentRoles: { readonly [service: string]: string } = {
  eventarc: 'roles/eventarc.serviceAgent',
  firestore: 'roles/firestore.serviceAgent',
  pubsub: 'roles/pubsub.serviceAgent',
};

export type ServicesArgs = {
  readonly site: Site;
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
    const on = new Map<string, readonly PulumiResource[]>(
      servicesOf(args).map((service) => {
        const made = { service: `${service}.googleapis.com`, disableOnDestroy: false };
        return [service, [new Service(`${name}-${service}`, made, { parent: this })]];
      }),
    );
    this.#on = on;
    const identified: readonly string[] = args.ownKeys ? [...agents, ...agentsWithKeys] : agents;
    for (const service of identified)
      on.set(service, [...(on.get(service) ?? []), ...this.#agentOf(`${name}-${service}`, service, args.site)]);
    this.registerOutputs({});
  }

  /** The account that a service works as, and its role, which stays with it: other stacks of the project may need both. */
  #agentOf(name: string, service: string, site: Site): readonly PulumiResource[] {
    const called = { service: `${service}.googleapis.com` };
    const agent = new ServiceIdentity(`${name}-agent`, called, { parent: this, dependsOn: [...(this.#on.get(service) ?? [])] });
    const role = agentRoles[service];
    if (role === undefined) return [agent];
    const grant = { project: site.project, role, member: serviceAgent(site, `gcp-sa-${service}`) };
    const dependsOn = [agent, ...this.before('gcp:projects/')];
    return [agent, new ProjectMember(`${name}-agent-role`, grant, { parent: this, dependsOn, retainOnDelete: true })];
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
  projects: ['cloudresourcemanager', 'iam'],
  pubsub: ['pubsub'],
  serviceaccount: ['iam'],
};

export const servicesOf = ({ ownKeys, edge, gateway, budget, queries }: Omit<ServicesArgs, 'site'>): readonly string[] => [
  ...always,
  ...(ownKeys ? ['cloudkms'] : []),
  ...(edge ? ['compute', 'dns'] : []),
  ...(gateway ? gatewayServices : []),
  ...(budget ? ['billingbudgets'] : []),
  ...(queries ? ['bigquery'] : []),
];
