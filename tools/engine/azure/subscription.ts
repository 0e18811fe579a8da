import { EventEmitter } from 'node:events';
import type { RunningCosmos } from '../../../adapters/conformance/fakes/cosmos.ts';
import type { RunningEventGrid } from '../../../adapters/conformance/fakes/event-grid.ts';
import type { RunningIdentityTokens } from '../../../adapters/conformance/fakes/identity-tokens.ts';
import type { RunningFake } from '../../../adapters/conformance/fakes/server.ts';
import type { Azurite } from '../../emulators/azure.ts';
import { type Access, makeAccess } from './access.ts';
import type { App } from './host/app.ts';
import { type EdgeResources, makeEdgeResources } from './host/edge-resources.ts';
import { type Front, startFront } from './host/front.ts';

/** A storage account with an emulator of its own. */
export type Account = { readonly id: string; readonly azurite: Azurite };
export type Cosmos = { readonly id: string; readonly fake: RunningCosmos };
export type Topic = { readonly id: string; readonly identityId: string; readonly fake: RunningEventGrid };
export type Vault = { readonly id: string; readonly fake: RunningFake };
export type Identity = { readonly id: string; readonly tokens: RunningIdentityTokens };

/** What of a subscription is emulated, by names; identities by ids. It is all there is: what is not in it does not exist. */
export type Subscription = {
  readonly access: Access;
  readonly front: Front;
  /** Says of what something was put into: `queue <account>/<queue>`, `container <account>/<container>`. */
  readonly bells: EventEmitter;
  readonly groups: Set<string>;
  readonly accounts: Map<string, Account>;
  readonly cosmos: Map<string, Cosmos>;
  readonly topics: Map<string, Topic>;
  readonly vaults: Map<string, Vault>;
  readonly identities: Map<string, Identity>;
  readonly apps: Map<string, App>;
  /** What a Front Door is made of, and the names that lead to it. */
  readonly edge: EdgeResources;
  /** Zones of Azure DNS that are there before any stack, by their ids in lower case. */
  readonly zones: ReadonlySet<string>;
  stop(): Promise<void>;
};

export const startSubscription = async (zones: readonly string[] = []): Promise<Subscription> => {
  const access = makeAccess();
  const front = await startFront(access);
  const bells = new EventEmitter().setMaxListeners(0);
  const made: Omit<Subscription, 'stop'> = {
    ...{ access, front, bells },
    groups: new Set(),
    accounts: new Map(),
    cosmos: new Map(),
    topics: new Map(),
    vaults: new Map(),
    identities: new Map(),
    apps: new Map(),
    edge: makeEdgeResources(),
    zones: new Set(zones.map((zone) => zone.toLowerCase())),
  };
  return {
    ...made,
    async stop() {
      await Promise.all([...made.apps.values()].map((app) => app.stop()));
      await front.close();
      const fakes = [...made.cosmos.values(), ...made.topics.values(), ...made.vaults.values()].map(({ fake }) => fake.close());
      const identities = [...made.identities.values()].map(({ tokens }) => tokens.close());
      const emulators = [...made.accounts.values()].map(({ azurite }) => azurite.stop());
      await Promise.all([...fakes, ...identities, ...emulators]);
    },
  };
};

export const found = <T>(all: ReadonlyMap<string, T>, name: string): T => {
  const one = all.get(name);
  if (one === undefined) throw new Error(`There is no ${name}.`);
  return one;
};
