import type { World } from '../../tools/engine/gcp/world.ts';

type Named = { readonly name: string };

/** What is there in an emulated project, as `kind name`: nothing, before a stack is made and once it is destroyed. */
export const inventory = async (world: World): Promise<string[]> => {
  const { project, pubSub, storage, secretManager } = world;
  const within = `/v1/projects/${project.id}`;
  const { topics = [] } = (await pubSub<{ topics?: Named[] }>('GET', `${within}/topics`)) ?? {};
  const { subscriptions = [] } = (await pubSub<{ subscriptions?: Named[] }>('GET', `${within}/subscriptions`)) ?? {};
  const { items = [] } = (await storage<{ items?: Named[] }>('GET', `/storage/v1/b?project=${project.id}`)) ?? {};
  const { secrets = [] } = (await secretManager<{ secrets?: Named[] }>('GET', `${within}/secrets`)) ?? {};
  const all: { readonly [kind: string]: readonly string[] } = {
    account: world.accounts.list(),
    binding: world.access.bindings().map(({ role, resource, member }) => `${role} ${resource} ${member}`),
    bucket: items.map(({ name }) => name),
    database: [...world.databases],
    function: world.functions.list(),
    job: world.scheduler.list(),
    key: world.keys.list(),
    balancer: world.compute.list(),
    secret: secrets.map(({ name }) => name),
    subscription: subscriptions.map(({ name }) => name),
    topic: topics.map(({ name }) => name),
    trigger: world.triggers.list(),
  };
  return Object.entries(all).flatMap(([kind, names]) => names.map((name) => `${kind} ${name}`));
};
