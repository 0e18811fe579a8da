import { type ChildProcess, spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type RequestListener, type Server } from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { unzipSync } from 'fflate';
import { freePort } from '../../../emulators/emulator-process.ts';
import { installNode } from '../../../emulators/install.ts';

export type IngressSettings = 'ALLOW_ALL' | 'ALLOW_INTERNAL_ONLY' | 'ALLOW_INTERNAL_AND_GCLB';

/** A revision of a function as it was asked for. */
export type Revision = {
  /** The e-mail of what it runs as. */
  readonly account: string;
  readonly entryPoint: string;
  readonly environment: Readonly<Record<string, string>>;
  readonly timeoutSeconds: number;
  readonly ingress: IngressSettings;
  /** Its code: a zip. */
  readonly code: () => Promise<Uint8Array>;
};

/** A process that serves a revision, from its first request on. */
type Instance = { readonly endpoint: string; readonly child: ChildProcess; readonly folder: string };
type Serving = { readonly revision: Revision; instance: Promise<Instance> | undefined; busy: number; retired: boolean };
type Deployed = { serving: Serving; readonly server: Server; readonly uri: string; log: string };

/** What runs functions, each in the functions framework on the Node that the cloud runs them on. */
export type Functions = {
  /** Gives the URL at which anybody reaches it. */
  deploy(name: string, revision: Revision): Promise<string>;
  remove(name: string): Promise<void>;
  has(name: string): boolean;
  list(): readonly string[];
  revisionOf(name: string): Revision | undefined;
  uriOf(name: string): string | undefined;
  /** Has a request served by its newest revision, and waits until it is over. Throws where none starts. */
  serve(name: string, request: (endpoint: string, revision: Revision) => Promise<void>): Promise<void>;
  /** What it wrote to its standard output and error. */
  logOf(name: string): string;
  close(): Promise<void>;
};

const framework = fileURLToPath(new URL('../../../../node_modules/@google-cloud/functions-framework/build/src/main.js', import.meta.url));
const network = new URL('./network.mjs', import.meta.url).href;

const unpacked = (zip: Uint8Array): string => {
  const folder = mkdtempSync(join(tmpdir(), 'function-'));
  for (const [path, bytes] of Object.entries(unzipSync(zip))) {
    if (path.endsWith('/')) continue;
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), bytes);
  }
  return folder;
};

const accepts = (port: number): Promise<boolean> =>
  new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1', () => resolve(true) ?? socket.destroy());
    socket.once('error', () => resolve(false));
  });

const startWithinMillis = 120_000;

/** `listen` answers requests to a function from outside; `networkOf` says where what an account sends goes. */
export const makeFunctions = (listen: (name: string) => RequestListener, networkOf: (account: string) => string): Functions => {
  const all = new Map<string, Deployed>();
  const children = new Set<ChildProcess>();
  process.once('exit', () => {
    for (const child of children) child.kill('SIGKILL');
  });

  const start = async (name: string, { account, entryPoint, environment, code }: Revision): Promise<Instance> => {
    const [folder, port, node] = [unpacked(await code()), await freePort(), await installNode()];
    const env = {
      PATH: process.env.PATH,
      HOME: folder,
      PORT: String(port),
      FUNCTION_TARGET: entryPoint,
      FUNCTION_SIGNATURE_TYPE: 'http',
      K_SERVICE: name,
      NODE_ENV: 'production',
      HYBRID_TEST_GOOGLE: networkOf(account),
      ...environment,
    };
    const child = spawn(join(node, 'node'), ['--import', network, framework], { cwd: folder, env, stdio: ['ignore', 'pipe', 'pipe'] });
    for (const stream of [child.stdout, child.stderr])
      stream.setEncoding('utf8').on('data', (text: string) => {
        const deployed = all.get(name);
        if (deployed === undefined) return;
        deployed.log += text;
        if (deployed.log.length > 400_000) deployed.log = deployed.log.slice(-200_000);
      });
    children.add(child);
    let over = false;
    child.once('close', () => {
      over = true;
      children.delete(child);
    });
    const deadline = Date.now() + startWithinMillis;
    while (!(await accepts(port))) {
      if (over || Date.now() > deadline) throw new Error(`${name} did not start:\n${all.get(name)?.log.slice(-4000)}`);
      await sleep(30);
    }
    return { endpoint: `http://127.0.0.1:${port}`, child, folder };
  };

  const end = async ({ instance }: Serving): Promise<void> => {
    const running = await instance?.catch(() => undefined);
    if (running === undefined) return;
    const gone = new Promise((resolve) => running.child.once('close', resolve));
    if (running.child.exitCode === null && running.child.signalCode === null && running.child.kill('SIGKILL')) await gone;
    rmSync(running.folder, { recursive: true, force: true });
  };
  /** A revision that is not the newest any more ends once it has answered. */
  const retire = (serving: Serving): void => {
    serving.retired = true;
    if (serving.busy === 0) void end(serving);
  };
  const servingOf = (revision: Revision): Serving => ({ revision, instance: undefined, busy: 0, retired: false });

  return {
    async deploy(name, revision) {
      const deployed = all.get(name);
      if (deployed !== undefined) {
        retire(deployed.serving);
        deployed.serving = servingOf(revision);
        return deployed.uri;
      }
      const server = createServer({ keepAliveTimeout: 60_000 }, listen(name));
      await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
      const uri = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
      all.set(name, { serving: servingOf(revision), server, uri, log: '' });
      return uri;
    },
    async remove(name) {
      const deployed = all.get(name);
      all.delete(name);
      deployed?.server.close();
      deployed?.server.closeAllConnections();
      if (deployed !== undefined) await end(deployed.serving);
    },
    has: (name) => all.has(name),
    list: () => [...all.keys()],
    revisionOf: (name) => all.get(name)?.serving.revision,
    uriOf: (name) => all.get(name)?.uri,
    async serve(name, request) {
      const serving = all.get(name)?.serving;
      if (serving === undefined) throw new Error(`there is no function ${name}`);
      serving.busy += 1;
      try {
        serving.instance ??= start(name, serving.revision);
        const { endpoint } = await serving.instance.catch((error: unknown) => {
          serving.instance = undefined;
          throw error;
        });
        await request(endpoint, serving.revision);
      } finally {
        serving.busy -= 1;
        if (serving.retired && serving.busy === 0) void end(serving);
      }
    },
    logOf: (name) => all.get(name)?.log ?? '',
    async close() {
      for (const { server } of all.values()) {
        server.close();
        server.closeAllConnections();
      }
      await Promise.all([...all.values()].map(({ serving }) => end(serving)));
    },
  };
};
