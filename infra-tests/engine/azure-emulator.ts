import { fileURLToPath } from 'node:url';
import { location, subscription as subscriptionId } from '../../tools/engine/azure/outputs.ts';
import { startAzureProvider } from '../../tools/engine/azure/provider.ts';
import { type Subscription, startSubscription } from '../../tools/engine/azure/subscription.ts';
import type { EmulatedPlace } from './platform.ts';

/** An emulated subscription: it enforces roles, and tells what it decided. */
export type EmulatedSubscription = EmulatedPlace & Subscription;

/** Loaded into whatever calls the stack: its URLs are of Azure's hosts. */
const network = new URL('../../tools/engine/azure/host/network.mjs', import.meta.url);

/** `zones` are the ids of zones of Azure DNS that are there. */
export const startEmulatedSubscription = async (zones: readonly string[] = []): Promise<EmulatedSubscription> => {
  const subscription = await startSubscription(zones);
  process.env.HYBRID_TEST_AZURE = subscription.front.url;
  await import(fileURLToPath(network));
  return {
    ...subscription,
    cloud: {
      package: 'azure-native',
      startProvider: (options) => startAzureProvider(subscription, options),
      env: { ARM_SUBSCRIPTION_ID: subscriptionId, ARM_LOCATION_NAME: location, HYBRID_ROLES_SETTLE_SECONDS: '0' },
    },
    config: { 'azure-native:location': location, 'azure-native:subscriptionId': subscriptionId },
    outside: { NODE_OPTIONS: `--import ${network.href}`, HYBRID_TEST_AZURE: subscription.front.url },
  };
};
