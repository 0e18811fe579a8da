import { spawnSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { failed, Rejected } from '../../domain/kernel/failure.ts';
import { type Emulator, startEmulator } from './emulator-process.ts';
import { cache, folderOf, run } from './install.ts';

const here = fileURLToPath(new URL('.', import.meta.url));

/** Builds fake-gcs-server as go.sum pins it; gives the program. Needs Go 1.26. */
export const installFakeGcsServer = async (): Promise<string> => {
  const source = join(here, 'fake-gcs-server');
  const folder = await folderOf(
    'fake-gcs-server',
    ['go.mod', 'go.sum'].map((file) => join(source, file)),
    (building) => run('go', ['build', '-C', source, '-o', building, 'github.com/fsouza/fake-gcs-server'], source),
  );
  return join(folder, 'fake-gcs-server');
};

/** Installs drongo, once for each list of requirements; gives its program. Needs Python 3.11. */
export const installDrongo = (): string => {
  const folder = join(cache, 'drongo');
  run(process.execPath, [join(here, '../python.mjs'), join(here, 'drongo/requirements.txt'), folder], here);
  return join(folder, 'bin', 'drongo');
};

/** The folder of an emulator in the Google Cloud SDK of this machine. Throws `Rejected` `emulator-not-installed` where it has none. */
const sdkFolder = (emulator: string): string => {
  const { stdout } = spawnSync('gcloud', ['info', '--format=value(installation.sdk_root)'], { encoding: 'utf8' });
  const folder = join((stdout ?? '').trim(), 'platform', emulator);
  try {
    readdirSync(folder);
    return folder;
  } catch {
    const detail = `The Google Cloud SDK has no ${emulator} here; \`gcloud components install ${emulator}\` gets it.`;
    throw new Rejected(failed('unavailable', 'emulator-not-installed', detail));
  }
};

const answers = async (url: string): Promise<boolean> => {
  const response = await fetch(url, { signal: AbortSignal.timeout(2000) });
  await response.body?.cancel();
  return response.ok;
};

/** Starts the Firestore emulator of the Google Cloud SDK, in memory. It makes projects, databases and collections as they are named. Needs Java. */
export const startFirestore = async (): Promise<Emulator> => {
  const jar = join(sdkFolder('cloud-firestore-emulator'), 'cloud-firestore-emulator.jar');
  const main = 'com.google.cloud.datastore.emulator.firestore.CloudFirestore';
  return startEmulator((port) => ({
    program: 'java',
    args: ['-Xmx256m', '-cp', jar, main, '--host=127.0.0.1', `--port=${port}`],
    isReady: answers,
  }));
};

/** Starts the Pub/Sub emulator of the Google Cloud SDK, in memory. Needs Java. */
export const startPubSub = async (): Promise<Emulator> => {
  const folder = join(sdkFolder('pubsub-emulator'), 'lib');
  const jar = readdirSync(folder).find((name) => /^cloud-pubsub-emulator-.*-all\.jar$/.test(name)) ?? '';
  return startEmulator((port) => ({
    program: 'java',
    args: ['-Xmx256m', '-jar', join(folder, jar), '--host=127.0.0.1', `--port=${port}`],
    isReady: answers,
  }));
};

/** Starts fake-gcs-server, in memory. */
export const startFakeGcsServer = async (): Promise<Emulator> => {
  const program = await installFakeGcsServer();
  return startEmulator((port) => {
    const address = `127.0.0.1:${port}`;
    const place = ['-scheme', 'http', '-host', '127.0.0.1', '-port', String(port), '-backend', 'memory'];
    return {
      program,
      args: [...place, '-external-url', `http://${address}`, '-public-host', address],
      isReady: (endpoint) => answers(`${endpoint}/_internal/healthcheck`),
    };
  });
};

/** Starts drongo (Secret Manager), in memory. */
export const startDrongo = async (): Promise<Emulator> => {
  const program = installDrongo();
  return startEmulator((port) => ({
    program,
    args: ['server', '--host', '127.0.0.1', '--port', String(port)],
    isReady: async (endpoint) => (await fetch(endpoint, { signal: AbortSignal.timeout(2000) })).status > 0,
  }));
};

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  installDrongo();
  await installFakeGcsServer();
}
