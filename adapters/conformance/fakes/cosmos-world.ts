import { type Container, CosmosClient } from '@azure/cosmos';
import { afterEach, beforeEach } from 'vitest';
import { type RunningCosmos, startCosmos } from './cosmos.ts';
import { unsignedToken } from './tokens.ts';

export const byColour = [
  { path: '/colour', order: 'ascending' },
  { path: '/size', order: 'ascending' },
  { path: '/sk', order: 'ascending' },
] as const;
export const definition = {
  id: 'things',
  partitionKey: { paths: ['/pk'] },
  defaultTtl: -1,
  indexingPolicy: {
    includedPaths: [{ path: '/pk/?' }, { path: '/sk/?' }, { path: '/size/?' }],
    excludedPaths: [{ path: '/*' }],
    compositeIndexes: [byColour],
  },
};

export type Thing = { id: string; pk: string; sk: string; [attribute: string]: unknown };
export const pk = 'acme#things';
export const thing = (sk: string, more: object = {}): Thing => ({ id: sk, pk, sk, ...more });

type Failed = { readonly code: number; readonly substatus?: number; readonly message: string };
/** What a call failed with; the code is 0 where it did not. */
export const failure = (call: Promise<unknown>): Promise<Failed> =>
  call.then(
    () => ({ code: 0, message: 'no failure' }),
    (reason: Failed) => reason,
  );

export type CosmosWorld = {
  fake: RunningCosmos;
  client: CosmosClient;
  container: Container;
  /** The fake's time in milliseconds. */
  now: number;
  connect(key?: string): CosmosClient;
  restart(ranges: number): Promise<void>;
  putAll(...things: readonly Thing[]): Promise<void>;
  tokenFor(audience: string, seconds?: number): string;
  aadHeaders(token?: string): Record<string, string>;
};

/** A fake with the container `things` for each test of a file, and the vendor's client on it. */
export const cosmosWorld = (): CosmosWorld => {
  const start = async (rangesPerContainer: number): Promise<void> => {
    world.now = Date.now();
    world.fake = await startCosmos({ now: () => world.now, rangesPerContainer });
    world.fake.provide('platform', [definition]);
    world.client = world.connect();
    world.container = world.client.database('platform').container('things');
  };
  const stop = async (): Promise<void> => {
    world.client.dispose();
    await world.fake.close();
  };
  const methods: Pick<CosmosWorld, 'connect' | 'restart' | 'putAll' | 'tokenFor' | 'aadHeaders'> = {
    connect: (key = world.fake.masterKey) =>
      new CosmosClient({
        endpoint: world.fake.url,
        key,
        connectionPolicy: {
          enableBackgroundEndpointRefreshing: false,
          retryOptions: { maxRetryAttemptCount: 2, fixedRetryIntervalInMilliseconds: 0, maxWaitTimeInSeconds: 5 },
        },
      }),
    async restart(ranges: number) {
      await stop();
      await start(ranges);
    },
    async putAll(...things: readonly Thing[]) {
      for (const each of things) await world.container.items.upsert(each);
    },
    tokenFor(audience: string, seconds = 3600) {
      const iat = Math.floor(world.now / 1000);
      return unsignedToken({ iss: 'https://sts.windows.net/t/', sub: 'p', aud: audience, iat, exp: iat + seconds });
    },
    aadHeaders: (token = world.tokenFor('https://cosmos.azure.com')) => ({
      authorization: encodeURIComponent(`type=aad&ver=1.0&sig=${token}`),
      'x-ms-version': '2020-07-15',
    }),
  };
  const world = { ...methods } as CosmosWorld;
  beforeEach(() => start(1));
  afterEach(stop);
  return world;
};
