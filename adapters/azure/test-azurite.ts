import { randomUUID } from 'node:crypto';
import { StorageSharedKeyCredential as BlobKey, BlobServiceClient } from '@azure/storage-blob';
import { StorageSharedKeyCredential as QueueKey, QueueServiceClient } from '@azure/storage-queue';
import { afterAll, beforeAll } from 'vitest';
import { azuriteAccount } from '../../tools/emulators/azure.ts';
import { azurite } from '../../tools/emulators/azure-setup.ts';
import { type RunningIdentityTokens, startIdentityTokens } from '../conformance/fakes/identity-tokens.ts';
import { makeTokenSigner } from '../conformance/fakes/token-signer.ts';
import { type AzureClient, azureClient } from './client.ts';
import { identityOf } from './test-cosmos.ts';

const { name, key } = azuriteAccount;

/** The vendor's own clients on azurite, with the account's key: as a deployment has it, and to compare with. */
export const vendorBlobs = () => new BlobServiceClient(azurite('blobs'), new BlobKey(name, key));
export const vendorQueues = () => new QueueServiceClient(azurite('queues'), new QueueKey(name, key));

/** The URL of a container of its own. */
export const makeContainer = async (): Promise<string> => {
  const container = vendorBlobs().getContainerClient(`container-${randomUUID()}`);
  await container.create();
  return container.url;
};

/** The URL of a queue of its own. */
export const makeQueue = async (queue = `queue-${randomUUID()}`): Promise<string> => {
  const made = vendorQueues().getQueueClient(queue);
  await made.create();
  return made.url;
};

/** For the tests of a file: the product's client, whose tokens the fake gives. */
export const identifiedClient = (): { readonly client: () => AzureClient; readonly identity: () => RunningIdentityTokens } => {
  let identity: RunningIdentityTokens | undefined;
  let client: AzureClient | undefined;
  const running = <T>(value: T | undefined): T => {
    if (value === undefined) throw new TypeError('the identity comes first');
    return value;
  };
  beforeAll(async () => {
    identity = await startIdentityTokens({ signer: makeTokenSigner() });
    client = azureClient({ environment: identityOf(identity) });
  });
  afterAll(() => identity?.close());
  return { client: () => running(client), identity: () => running(identity) };
};
