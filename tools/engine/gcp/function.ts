import * as z from 'zod';
import { kind } from '../provider/kind.ts';
import { hostOf } from './host/ingress.ts';
import type { World } from './world.ts';

const Inputs = z.object({
  name: z.string(),
  location: z.string(),
  buildConfig: z.object({
    runtime: z.literal('nodejs24'),
    entryPoint: z.string(),
    source: z.object({ storageSource: z.object({ bucket: z.string(), object: z.string() }) }),
  }),
  serviceConfig: z.looseObject({
    serviceAccountEmail: z.string(),
    timeoutSeconds: z.number(),
    ingressSettings: z.enum(['ALLOW_ALL', 'ALLOW_INTERNAL_ONLY', 'ALLOW_INTERNAL_AND_GCLB']).default('ALLOW_ALL'),
    environmentVariables: z.record(z.string(), z.string()).default({}),
  }),
});
type Inputs = z.output<typeof Inputs>;

/** Longer names of services cannot be part of a host. */
const longest = 63;

export const cloudFunction = ({ project, functions, accounts, emulators }: World) => {
  const code = async ({ bucket, object }: Inputs['buildConfig']['source']['storageSource']): Promise<Uint8Array> => {
    const response = await fetch(`${emulators.storage}/storage/v1/b/${bucket}/o/${encodeURIComponent(object)}?alt=media`);
    if (!response.ok) throw new Error(`gs://${bucket}/${object}: ${response.status}`);
    return new Uint8Array(await response.arrayBuffer());
  };
  const deploy = async ({ name, buildConfig, serviceConfig }: Inputs) => {
    const { serviceAccountEmail: runsAs, environmentVariables: environment, timeoutSeconds, ingressSettings: ingress } = serviceConfig;
    if ((hostOf(project, name).split('.')[0] ?? '').length > longest) throw new Error(`The name of ${name} is too long for a host.`);
    if (!accounts.has(runsAs)) throw new Error(`Service account ${runsAs} does not exist.`);
    const { entryPoint, source } = buildConfig;
    const uri = await functions.deploy(name, {
      ...{ account: runsAs, entryPoint, environment, timeoutSeconds, ingress },
      code: () => code(source.storageSource),
    });
    return { serviceConfig: { ...serviceConfig, uri, service: name }, url: uri, state: 'ACTIVE', updateTime: new Date().toISOString() };
  };
  return kind({
    type: 'gcp:cloudfunctionsv2/function:Function',
    inputs: Inputs,
    replacedBy: ['name', 'location', 'project'],
    computes: ['serviceConfig', 'url', 'state', 'updateTime'],
    recomputes: ['serviceConfig', 'updateTime'],
    create: async (inputs) => {
      if (functions.has(inputs.name)) throw new Error(`409: Could not create Cloud Run service ${inputs.name}: it exists.`);
      const id = `projects/${project.id}/locations/${inputs.location}/functions/${inputs.name}`;
      return { id, computed: await deploy(inputs) };
    },
    read: async (_id, { name }) => (functions.has(name) ? { computed: {} } : undefined),
    update: async (_id, inputs) => deploy(inputs),
    remove: async (_id, { name }) => functions.remove(name),
  });
};
