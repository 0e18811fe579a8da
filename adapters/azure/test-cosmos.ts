import { randomUUID } from 'node:crypto';
import type { TableDeclaration } from '../../domain/kernel/table.ts';
import { type RunningCosmos, startCosmos } from '../conformance/fakes/cosmos.ts';
import { type RunningIdentityTokens, startIdentityTokens } from '../conformance/fakes/identity-tokens.ts';
import { makeTokenSigner } from '../conformance/fakes/token-signer.ts';
import type { SettableClock } from '../conformance/harness.ts';
import { type AzureClient, azureClient } from './client.ts';
import type { CosmosPlace } from './cosmos-container.ts';

export const database = 'platform';

/** The indexes of a container, as the stack makes it. */
export const indexingOf = ({ indexes = {} }: TableDeclaration) => ({
  indexingMode: 'consistent' as const,
  includedPaths: ['pk', 'sk', 'expiresAt', ...Object.values(indexes).flatMap(({ partition, sort }) => [partition, sort])].map((name) => ({
    path: `/${name}/?`,
  })),
  excludedPaths: [{ path: '/*' }],
  compositeIndexes: [['pk', 'sk'], ...Object.values(indexes).map(({ partition, sort }) => [partition, sort, 'pk', 'sk'])].map((names) =>
    names.map((name) => ({ path: `/${name}`, order: 'ascending' as const })),
  ),
});

/** What a function's environment says of its identity, where the fake gives the tokens. */
export const identityOf = ({ appService, clientId }: RunningIdentityTokens) => ({
  IDENTITY_ENDPOINT: appService.endpoint,
  IDENTITY_HEADER: appService.header,
  AZURE_CLIENT_ID: clientId,
});

/** Its key takes a while to make. */
const signer = makeTokenSigner();

export type CosmosUnderTest = {
  readonly fake: RunningCosmos;
  readonly client: AzureClient;
  /** What a function's environment says of its identity. */
  readonly identity: ReturnType<typeof identityOf>;
  /** A container of its own. */
  place(declaration: TableDeclaration): CosmosPlace;
  close(): Promise<void>;
};

/** The fakes of Cosmos DB and of the identity, and the product's client on them. */
export const startCosmosUnderTest = async (clock?: SettableClock, rangesPerContainer = 1): Promise<CosmosUnderTest> => {
  const now = clock === undefined ? {} : { now: () => clock.now().getTime() };
  const [fake, identity] = await Promise.all([startCosmos({ ...now, rangesPerContainer }), startIdentityTokens({ ...now, signer })]);
  return {
    fake,
    identity: identityOf(identity),
    client: azureClient({ environment: identityOf(identity), ...(clock === undefined ? {} : { clock }) }),
    place(declaration) {
      const container = `things-${randomUUID()}`;
      const definition = { id: container, partitionKey: { paths: ['/pk'], version: 2 }, defaultTtl: -1 };
      fake.provide(database, [{ ...definition, indexingPolicy: indexingOf(declaration) }]);
      return { endpoint: fake.url, database, container };
    },
    close: async () => void (await Promise.all([fake.close(), identity.close()])),
  };
};
