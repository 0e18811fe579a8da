import type { Subscription } from '../../tools/engine/azure/subscription.ts';

/** What is there in a subscription, as `kind name`: nothing, before a stack is made and once it is destroyed. */
export const inventory = (subscription: Subscription): readonly string[] => {
  const { groups, accounts, cosmos, topics, vaults, identities, apps, front, access, edge } = subscription;
  const named = (kind: string, names: Iterable<string>): string[] => [...names].map((name) => `${kind} ${name}`);
  return [
    ...named('group', groups),
    ...named('account', accounts.keys()),
    ...named('cosmos', cosmos.keys()),
    ...named('topic', topics.keys()),
    ...named('vault', vaults.keys()),
    ...named('identity', identities.keys()),
    ...named('app', apps.keys()),
    ...named('host', [...front.services.keys(), ...front.sites.keys()]),
    ...named('edge', edge.ids()),
    ...named('assignment', access.assignments().keys()),
  ];
};
