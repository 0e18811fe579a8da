import { resolve } from 'node:path';
import { Rejected } from '../../domain/kernel/failure.ts';
import { powertoolsLog } from '../kernel/log.ts';
import { startLocalPlatform } from './local-platform.ts';

const service = 'hybrid-ai-platform';

type Environment = { readonly [name: string]: string | undefined };

/** Runs the platform until it is told to stop: the key and the URL on standard output, logs on standard error. */
const main = async (environment: Environment): Promise<void> => {
  const platform = await startLocalPlatform({
    folder: resolve(environment.HYBRID_DATA_DIR || '.hybrid'),
    host: environment.HOST || '127.0.0.1',
    port: portOf(environment.PORT),
    adminKey: environment.HYBRID_ADMIN_KEY,
    service,
    log: powertoolsLog(service),
    writeLog: (text) => process.stderr.write(text),
    tellKey: (key) => process.stdout.write(`Administrator's key, shown this once: ${key}\n`),
  });
  process.stdout.write(`${platform.url}\n`);
  let stopping = false;
  for (const signal of ['SIGTERM', 'SIGINT'] as const)
    process.on(signal, () => {
      if (stopping) return;
      stopping = true;
      platform.close().then(
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

/** What went wrong, in a sentence for whoever started it. */
const fail = (error: unknown): void => {
  process.stderr.write(`${sentence(error)}\n`);
  process.exit(1);
};

/** What `listen` fails with. */
type ListenError = NodeJS.ErrnoException & { readonly port?: number; readonly address?: string; readonly hostname?: string };

const sentence = (error: unknown): string => {
  if (error instanceof Rejected) return error.failure.detail;
  const { code, port, address, hostname, message, stack } = error as ListenError;
  if (code === 'EADDRINUSE') return `Port ${port} is in use: stop what listens there, or choose another one with PORT=<port>.`;
  if (code === 'EACCES' && port !== undefined) return `Port ${port} is not allowed to this user: choose one above 1023 with PORT=<port>.`;
  if (code === 'EADDRNOTAVAIL' || code === 'ENOTFOUND')
    return `HOST ${address ?? hostname} is no address of this machine: choose one that is, 127.0.0.1, say.`;
  return stack ?? message;
};

main(process.env).catch(fail);
