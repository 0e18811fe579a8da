import { CosmosClient, type ErrorResponse } from '@azure/cosmos';
import { found, type Subscription } from './subscription.ts';

/** The vendor's client on an account, with its key. */
export const clientOf = ({ cosmos }: Subscription, account: string): CosmosClient => {
  const { fake } = found(cosmos, account);
  return new CosmosClient({
    endpoint: fake.url,
    key: fake.masterKey,
    connectionPolicy: { enableBackgroundEndpointRefreshing: false },
  });
};

/** What is answered, or nothing where what is asked for is not there. */
export const unlessMissing = async <T>(answer: Promise<T>): Promise<T | undefined> => {
  try {
    return await answer;
  } catch (error) {
    if ((error as ErrorResponse).code === 404) return undefined;
    throw error;
  }
};
