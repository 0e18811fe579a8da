import { randomBytes } from 'node:crypto';
import { resolve } from 'node:path';
import { openCloud } from '#cloud';
import { formatApiKey } from '../../domain/identity/api-key.ts';
import { Rejected } from '../../domain/kernel/failure.ts';
import { platformTenant } from '../../domain/kernel/tenancy.ts';
import { contexts } from '../contexts.ts';
import { inference } from '../inference/context.ts';
import { hotPath } from '../inference/hot-path.ts';
import type { InferPorts } from '../inference/infer.ts';
import { accessLog } from '../kernel/access-log.ts';
import { authentication, bootstrapKey, sha256 } from '../kernel/authentication.ts';
import { bytesOf } from '../kernel/context.ts';
import { docsPage } from '../kernel/docs-page.ts';
import { grant } from '../kernel/grants.ts';
import type { Records } from '../kernel/handler.ts';
import { powertoolsLog } from '../kernel/log.ts';
import { openApi } from '../kernel/openapi.ts';
import { platformApp, type Serving } from '../kernel/serve.ts';
import { listen } from './http-server.ts';
import { boundContexts } from './local-contexts.ts';
import { wire } from './runtime.ts';

const service = 'hybrid-ai-platform';
const inferRoute = inference.routes['POST /v2/models/{endpoint}/infer'];

type Environment = { readonly [name: string]: string | undefined };

/** Runs the whole platform in this process until it is told to stop. */
const main = async (environment: Environment): Promise<void> => {
  const host = environment.HOST || '127.0.0.1';
  const port = portOf(environment.PORT);
  const log = powertoolsLog(service);
  let url = `http://${host}:${port}`;
  const cloud = await openCloud({
    folder: resolve(environment.HYBRID_DATA_DIR || '.hybrid'),
    baseUrl: () => url,
    onFailure: (error, consumer) => log.error('a delivery failed and will be made again', error, { consumer }),
  });
  const documents = { openapi: () => JSON.stringify(openApi(contexts)), html: () => docsPage(contexts) };
  const objectGateway = { serve: cloud.serveSigned };
  const platform = wire(boundContexts, cloud, log, { documents, objectGateway });
  const ports = platform.running.find(({ declaration }) => declaration.name === 'inference')?.ports as unknown as InferPorts;
  const directory = platform.running.find(({ declaration }) => declaration.name === 'identity')?.ports.directory as Records;
  const serving: Serving = {
    ...{ clock: cloud.clock, ids: cloud.ids, log, bus: platform.bus },
    instance: { id: cloud.ids.next(), sole: true },
    authenticate: authentication(directory, cloud.clock),
  };
  const requests = accessLog(service, (text) => process.stderr.write(text));
  const firstKey = await bootstrap(directory, environment.HYBRID_ADMIN_KEY);
  // Said before anything can fail, a port in use, say: it is stored by now, and would be lost.
  if (firstKey !== undefined) process.stdout.write(`Administrator's key, shown this once: ${firstKey}\n`);
  const listening = await listen(host, port, {
    fetch: platformApp(platform.running, serving).fetch,
    infer: hotPath(serving, grant(ports, inferRoute.uses), requests),
    inferBodyBytes: bytesOf(inferRoute.limit.body),
  }).catch(async (error) => {
    await cloud.close();
    throw error;
  });
  platform.start();
  url = `http://${host.includes(':') ? `[${host}]` : host}:${listening.port}`;
  process.stdout.write(`${url}\n`);

  const stop = async () => {
    await listening.close();
    await cloud.close();
    requests.flush();
  };
  let stopping = false;
  for (const signal of ['SIGTERM', 'SIGINT'] as const)
    process.on(signal, () => {
      if (stopping) return;
      stopping = true;
      stop().then(
        () => process.exit(0),
        (error) => fail(error),
      );
    });
};

const portOf = (text: string | undefined): number => {
  const port = Number(text || '8080');
  if (Number.isInteger(port) && port >= 0 && port <= 65_535) return port;
  throw new Rejected({ failure: 'invalid', code: 'invalid-port', detail: `PORT has to be a number from 0 to 65535, not "${text}".` });
};

/** Sets the administrator's key to the one given, or makes the first one; gives back a key that was made. */
const bootstrap = async (directory: Records, given: string | undefined): Promise<string | undefined> => {
  const known = await directory.get(bootstrapKey);
  if (given) {
    if (known?.secretHash !== sha256(given)) await directory.put({ ...bootstrapKey, secretHash: sha256(given) });
    return undefined;
  }
  if (known !== undefined) return undefined;
  const key = formatApiKey({ tenant: platformTenant, id: 'bootstrap', secret: randomBytes(32).toString('hex') });
  await directory.put({ ...bootstrapKey, secretHash: sha256(key) }, 'absent');
  return key;
};

/** What went wrong, in a sentence for whoever started it. */
const fail = (error: unknown): void => {
  process.stderr.write(`${sentence(error)}\n`);
  process.exit(1);
};

const sentence = (error: unknown): string => {
  if (error instanceof Rejected) return error.failure.detail;
  const { code, port, message, stack } = error as NodeJS.ErrnoException & { port?: number };
  if (code === 'EADDRINUSE') return `Port ${port} is in use: stop what listens there, or choose another one with PORT=<port>.`;
  if (code === 'EACCES' && port !== undefined) return `Port ${port} is not allowed to this user: choose one above 1023 with PORT=<port>.`;
  return stack ?? message;
};

main(process.env).catch(fail);
