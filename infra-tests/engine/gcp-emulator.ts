import { startDrongo, startFakeGcsServer, startFirestore, startPubSub } from '../../tools/emulators/gcp.ts';
import type { Emulators, Project } from '../../tools/engine/gcp/project.ts';
import { startGcpProvider } from '../../tools/engine/gcp/provider.ts';
import { startWorld, type World, type WorldOptions } from '../../tools/engine/gcp/world.ts';
import type { EmulatedPlace } from './platform.ts';

/** A project of Google Cloud on emulators, whose functions really run. */
export type EmulatedProject = EmulatedPlace & { readonly world: World };

export const project: Project = { id: 'hybrid-test', number: '123456789012', region: 'europe-west1' };

/** Loaded into whatever calls the stack from outside, since signed URLs are of Google's hosts. It waits longer than on the laptop: usage is folded by the clock. */
const network = new URL('../../tools/engine/gcp/host/network.mjs', import.meta.url).href;

export const startProject = async (options: WorldOptions = {}): Promise<EmulatedProject> => {
  const running = await Promise.all([startFirestore(), startPubSub(), startFakeGcsServer(), startDrongo()]);
  const [firestore, pubSub, storage, secretManager] = running.map(({ endpoint }) => endpoint) as [string, string, string, string];
  const emulators: Emulators = { firestore, pubSub, storage, secretManager };
  const world = await startWorld(project, emulators, options);
  return {
    world,
    cloud: {
      package: 'gcp',
      startProvider: (options) => startGcpProvider(world, options),
      env: {
        GOOGLE_PROJECT: project.id,
        GOOGLE_REGION: project.region,
        GOOGLE_PUBSUB_CUSTOM_ENDPOINT: `${world.deployingUrl}v1/`,
        GOOGLE_MONITORING_CUSTOM_ENDPOINT: world.deployingUrl,
      },
    },
    config: { 'gcp:project': project.id, 'gcp:region': project.region },
    outside: { NODE_OPTIONS: `--import ${network}`, HYBRID_TEST_GOOGLE: world.networkOf('nobody'), HYBRID_PATIENCE: '20' },
    stop: async () => {
      await world.close();
      await Promise.all(running.map(({ stop }) => stop()));
    },
  };
};
