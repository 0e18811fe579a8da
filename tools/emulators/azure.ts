import { spawnSync } from 'node:child_process';
import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { failed, Rejected } from '../../domain/kernel/failure.ts';
import { type Emulator, freePort, startEmulator } from './emulator-process.ts';
import { folderOf, run } from './install.ts';

const here = fileURLToPath(new URL('.', import.meta.url));

/** Installs azurite as its lock pins it; gives its program. */
export const installAzurite = async (): Promise<string> => {
  const lists = ['package.json', 'package-lock.json'].map((file) => join(here, 'azurite', file));
  const folder = await folderOf('azurite', lists, (building) => {
    for (const list of lists) cpSync(list, join(building, list.slice(join(here, 'azurite').length)));
    run('npm', ['ci', '--ignore-scripts', '--no-audit', '--no-fund'], building);
  });
  return join(folder, 'node_modules', 'azurite', 'dist', 'src', 'azurite.js');
};

/** A certificate of the loopback interface that nobody has signed. Needs openssl. */
const makeCertificate = (folder: string): { readonly cert: string; readonly key: string } => {
  const [cert, key] = [join(folder, 'cert.pem'), join(folder, 'key.pem')];
  const subject = ['-subj', '/CN=127.0.0.1', '-addext', 'subjectAltName=IP:127.0.0.1'];
  const curve = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes'];
  const { status, stderr } = spawnSync('openssl', ['req', '-x509', ...curve, '-days', '2', '-keyout', key, '-out', cert, ...subject], {
    encoding: 'utf8',
  });
  if (status !== 0) throw new Rejected(failed('unavailable', 'emulator-not-installed', `openssl made no certificate: ${stderr}`));
  return { cert, key };
};

const listens = (port: number): Promise<boolean> =>
  new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    const end = (answer: boolean) => {
      socket.destroy();
      resolve(answer);
    };
    socket.once('connect', () => end(true)).once('error', () => end(false));
  });

/** `blobs` and `queues` are the account's endpoints, by HTTPS; `certificate` is the file with which to trust them. */
export type Azurite = Pick<Emulator, 'stop' | 'log'> & { readonly blobs: string; readonly queues: string; readonly certificate: string };

export type AzuriteAccount = { readonly name: string; readonly key: string };

/** The account that azurite has, and the key that everybody knows (https://learn.microsoft.com/azure/storage/common/storage-use-azurite). */
export const azuriteAccount: AzuriteAccount = {
  name: 'devstoreaccount1',
  key: 'Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw==',
};

/** Starts azurite's blobs and queues in memory. It takes bearer tokens by audience, issuer and time; that asks for HTTPS. */
export const startAzurite = async (account: AzuriteAccount = azuriteAccount): Promise<Azurite> => {
  const program = await installAzurite();
  const folder = mkdtempSync(join(tmpdir(), 'azurite-'));
  const { cert, key } = makeCertificate(folder);
  const [queuePort, tablePort] = [await freePort(), await freePort()];
  let blobPort = 0;
  const emulator = await startEmulator((port) => {
    blobPort = port;
    const hosts = ['blob', 'queue', 'table'].flatMap((service) => [`--${service}Host`, '127.0.0.1']);
    const ports = ['--blobPort', String(port), '--queuePort', String(queuePort), '--tablePort', String(tablePort)];
    return {
      program: process.execPath,
      args: [
        program,
        '--inMemoryPersistence',
        '--skipApiVersionCheck',
        '--silent',
        '--oauth',
        'basic',
        '--cert',
        cert,
        '--key',
        key,
        ...hosts,
        ...ports,
      ],
      cwd: folder,
      env: { AZURITE_ACCOUNTS: `${account.name}:${account.key}` },
      isReady: async () => (await listens(port)) && (await listens(queuePort)),
    };
  });
  return {
    blobs: `https://127.0.0.1:${blobPort}/${account.name}`,
    queues: `https://127.0.0.1:${queuePort}/${account.name}`,
    certificate: cert,
    log: emulator.log,
    async stop() {
      await emulator.stop();
      rmSync(folder, { recursive: true, force: true });
    },
  };
};
