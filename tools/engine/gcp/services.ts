import * as z from 'zod';
import { type Kind, kind } from '../provider/kind.ts';
import { agentOf } from './project.ts';
import type { World } from './world.ts';

const ServiceInputs = z.object({ service: z.string().endsWith('.googleapis.com'), disableOnDestroy: z.boolean().default(false) });

export const service = ({ project, apis }: World) =>
  kind({
    type: 'gcp:projects/service:Service',
    inputs: ServiceInputs,
    replacedBy: ['service', 'project'],
    computes: [],
    create: async ({ service: api }) => {
      apis.add(api);
      return { id: `${project.id}/${api}`, computed: {} };
    },
    read: async (_id, { service: api }) => (apis.has(api) ? { computed: {} } : undefined),
    update: async () => ({}),
    remove: async (_id, { service: api, disableOnDestroy }) => {
      if (disableOnDestroy) apis.delete(api);
    },
  });

/** It stays as long as the project does. */
export const serviceIdentity = ({ project, apis, agents }: World) =>
  kind({
    type: 'gcp:projects/serviceIdentity:ServiceIdentity',
    inputs: ServiceInputs,
    replacedBy: ['service', 'project'],
    computes: ['email', 'member'],
    create: async ({ service: api }) => {
      if (!apis.has(api)) throw new Error(`Error 403: ${api} is not switched on in ${project.id}.`);
      const email = agentOf(project, `gcp-sa-${api.split('.')[0]}`);
      agents.add(email);
      return { id: `projects/${project.id}/services/${api}`, computed: { email, member: `serviceAccount:${email}` } };
    },
    read: async (_id, { email }) => (agents.has(String(email)) ? { computed: {} } : undefined),
    remove: async () => {},
  });

/** The API that makes a kind, by the module of the provider. */
const apiOf: { readonly [module: string]: string } = {
  billing: 'billingbudgets',
  cloudfunctionsv2: 'cloudfunctions',
  cloudrunv2: 'run',
  kms: 'cloudkms',
  serviceaccount: 'iam',
};
const ofTypes: { readonly [type: string]: string } = {
  'gcp:projects/iAMCustomRole:IAMCustomRole': 'iam',
  'gcp:projects/iAMMember:IAMMember': 'cloudresourcemanager',
  'gcp:projects/service:Service': 'serviceusage',
  'gcp:projects/serviceIdentity:ServiceIdentity': 'serviceusage',
};

/** Makes nothing as long as its API is not switched on. */
export const afterItsApi =
  ({ project, apis }: World) =>
  (made: Kind): Kind => {
    const module = /^gcp:(\w+)\//.exec(made.type)?.[1] ?? '';
    const api = `${ofTypes[made.type] ?? apiOf[module] ?? module}.googleapis.com`;
    return {
      ...made,
      create: async (inputs, scene) => {
        if (!apis.has(api)) throw new Error(`Error 403: ${api} has not been used in project ${project.id} before or it is disabled.`);
        return made.create(inputs, scene);
      },
    };
  };
