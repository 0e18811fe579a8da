import { randomBytes } from 'node:crypto';
import { openCloud } from '#cloud';
import { formatApiKey } from '../../domain/identity/api-key.ts';
import { platformTenant } from '../../domain/kernel/tenancy.ts';
import { contexts } from '../contexts.ts';
import { inference } from '../inference/context.ts';
import { hotPath } from '../inference/hot-path.ts';
import type { InferPorts } from '../inference/infer.ts';
import { accessLog } from '../kernel/access-log.ts';
import { authentication, bootstrapKey, sha256 } from '../kernel/authentication.ts';
import { bytesOf } from '../kernel/context.ts';
import { grant } from '../kernel/grants.ts';
import type { Records } from '../kernel/handler.ts';
import type { Log } from '../kernel/log.ts';
import { lastUses as lastUsesTable } from '../kernel/resources.ts';
import { platformApp, type RunningContext, type Serving } from '../kernel/serve.ts';
import { documentsOf } from './documents.ts';
import { listen } from './http-server.ts';
import { boundContexts } from './local-contexts.ts';
import { wire } from './runtime.ts';

const shortestAdminKey = 24;
const inferRoute = inference.routes['POST /v2/models/{endpoint}/infer'];

export type LocalPlatformOptions = {
  readonly folder: string;
  readonly host: string;
  /** 0 for a free one. */
  readonly port: number;
  /** Sets the administrator's key; without it the first start makes one. */
  readonly adminKey: string | undefined;
  readonly service: string;
  readonly log: Log;
  /** Takes the log lines of requests. */
  readonly writeLog: (text: string) => void;
  /** Hears of a key that was made, as soon as it is stored: whatever fails after that, it is not lost. */
  readonly tellKey: (key: string) => void;
};

/** `close` answers what is in flight, then lets go of everything. */
export type LocalPlatform = { readonly url: string; readonly close: () => Promise<void> };

/** Runs the whole platform in this process. Throws `Rejected` where the folder cannot be had, and the system's error where the port cannot. */
export const startLocalPlatform = async ({ folder, host, port, log, ...options }: LocalPlatformOptions): Promise<LocalPlatform> => {
  let url = '';
  const onFailure = (error: unknown, consumer: string) => log.error('a delivery failed and will be made again', error, { consumer });
  const cloud = await openCloud({ folder, baseUrl: () => url, onFailure });
  const documents = documentsOf(contexts);
  const platform = wire(boundContexts, cloud, log, { documents, objectGateway: { serve: cloud.serveSigned } });
  const directory = portsOf(platform.running, 'identity').directory as Records;
  const lastUses = portsOf(platform.running, 'platform')[lastUsesTable.name] as Records;
  const serving: Serving = {
    ...{ clock: cloud.clock, ids: cloud.ids, log, bus: platform.bus },
    instance: { id: cloud.ids.next(), sole: true },
    authenticate: authentication({ directory, lastUses, clock: cloud.clock }),
  };
  const requests = accessLog(options.service, options.writeLog);
  try {
    if (options.adminKey && options.adminKey.length < shortestAdminKey)
      log.warn(
        `HYBRID_ADMIN_KEY is short: an administrator's key should have at least ${shortestAdminKey} characters that nobody can guess`,
      );
    const listening = await listen(host, port, {
      fetch: platformApp(platform.running, serving).fetch,
      infer: hotPath(serving, grant(portsOf(platform.running, 'inference') as unknown as InferPorts, inferRoute.uses), requests),
      inferBodyBytes: bytesOf(inferRoute.limit.body),
    });
    url = `http://${host.includes(':') ? `[${host}]` : host}:${listening.port}`;
    // Only a start that has its port makes the key: it is told once, and is to be the last that could be missed.
    await bootstrap(directory, options.adminKey, options.tellKey).catch(async (error) => {
      await listening.close();
      throw error;
    });
    platform.start();
    const close = async () => {
      await listening.close();
      await cloud.close();
      requests.flush();
    };
    return { url, close };
  } catch (error) {
    await cloud.close();
    throw error;
  }
};

const portsOf = (running: readonly RunningContext[], context: string) =>
  running.find(({ declaration }) => declaration.name === context)?.ports as RunningContext['ports'];

const bootstrap = async (directory: Records, given: string | undefined, tellKey: (key: string) => void): Promise<void> => {
  const known = await directory.get(bootstrapKey);
  if (given) {
    if (known?.secretHash !== sha256(given)) await directory.put({ ...bootstrapKey, secretHash: sha256(given) });
  } else if (known === undefined) {
    const key = formatApiKey({ tenant: platformTenant, id: 'bootstrap', secret: randomBytes(32).toString('hex') });
    await directory.put({ ...bootstrapKey, secretHash: sha256(key) }, 'absent');
    tellKey(key);
  }
};
