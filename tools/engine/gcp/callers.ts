import * as z from 'zod';
import { kind } from '../provider/kind.ts';
import type { World } from './world.ts';

const Criteria = z.array(z.object({ attribute: z.string(), value: z.string(), operator: z.string().optional() }));
const TriggerInputs = z.object({
  name: z.string(),
  location: z.string(),
  matchingCriterias: Criteria,
  destination: z.object({ cloudRunService: z.object({ service: z.string(), region: z.string(), path: z.string() }) }),
  serviceAccount: z.string(),
});
type TriggerInputs = z.output<typeof TriggerInputs>;

const triggerOf = ({ matchingCriterias, destination, serviceAccount }: TriggerInputs) => {
  const said = new Map(matchingCriterias.map(({ attribute, value }) => [attribute, value]));
  const [, collection] = /^([^/{}]+)\/\{\w+\}$/.exec(said.get('document') ?? '') ?? [];
  if (said.get('type') !== 'google.cloud.firestore.document.v1.written' || collection === undefined)
    throw new Error(`a trigger that is not known here: ${JSON.stringify(matchingCriterias)}`);
  const { service, path } = destination.cloudRunService;
  return { database: said.get('database') ?? '(default)', collection, service, path, account: serviceAccount };
};

export const trigger = ({ project, triggers }: World) => {
  const idOf = ({ location, name }: TriggerInputs) => `projects/${project.id}/locations/${location}/triggers/${name}`;
  return kind({
    type: 'gcp:eventarc/trigger:Trigger',
    inputs: TriggerInputs,
    naming: { property: 'name', longest: 63 },
    replacedBy: ['name', 'location', 'matchingCriterias', 'project'],
    computes: ['uid'],
    create: async (inputs) => {
      await triggers.declare(inputs.name, triggerOf(inputs));
      return { id: idOf(inputs), computed: { uid: inputs.name } };
    },
    read: async (_id, { name }) => (triggers.has(name) ? { computed: {} } : undefined),
    update: async (_id, inputs) => {
      await triggers.forget(inputs.name);
      await triggers.declare(inputs.name, triggerOf(inputs));
      return {};
    },
    remove: async (_id, { name }) => triggers.forget(name),
  });
};

const JobInputs = z.object({
  name: z.string(),
  region: z.string(),
  schedule: z.string(),
  timeZone: z.literal('Etc/UTC'),
  httpTarget: z.object({
    uri: z.string(),
    httpMethod: z.literal('POST'),
    oidcToken: z.object({ serviceAccountEmail: z.string(), audience: z.string() }),
  }),
});
type JobInputs = z.output<typeof JobInputs>;

export const job = ({ project, scheduler }: World) => {
  const declare = ({ name, schedule, httpTarget: { uri, oidcToken } }: JobInputs) =>
    scheduler.declare(name, { cron: schedule, url: uri, account: oidcToken.serviceAccountEmail, audience: oidcToken.audience });
  return kind({
    type: 'gcp:cloudscheduler/job:Job',
    inputs: JobInputs,
    naming: { property: 'name', longest: 500 },
    replacedBy: ['name', 'region', 'project'],
    computes: ['state'],
    create: async (inputs) => {
      declare(inputs);
      const id = `projects/${project.id}/locations/${inputs.region}/jobs/${inputs.name}`;
      return { id, computed: { state: 'ENABLED' } };
    },
    read: async (_id, { name }) => (scheduler.has(name) ? { computed: {} } : undefined),
    update: async (_id, inputs) => void declare(inputs),
    remove: async (_id, { name }) => scheduler.forget(name),
  });
};
