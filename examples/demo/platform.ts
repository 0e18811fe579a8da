import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { failed, Rejected } from '../../domain/kernel/failure.ts';
import { type HttpClient, httpClient, type Reply } from '../../tools/http-client.ts';
import { buildServer, projectRoot, startServer } from '../../tools/server-process.ts';
import { administered } from './administered.ts';

/** A platform to show things on, as its administrator sees it. `folder` is where the demo keeps what it was given. */
export type Platform = {
  readonly admin: HttpClient;
  readonly folder: string;
  /** Whether the demo started it, and so knows that nobody else uses it. */
  readonly own: boolean;
  /** Ends what the demo started, and tidies up where all went well. */
  leave(succeeded: boolean): Promise<void>;
};

/** The answer's body, where the status is the one expected. Throws `Rejected` `unexpected-answer`. */
export const expectStatus = <Body>({ status, body }: Reply<Body>, expected: number, doing: string): Body => {
  if (status === expected) return body;
  throw new Rejected(failed('conflict', 'unexpected-answer', `${doing}: expected ${expected}, got ${status}: ${JSON.stringify(body)}`));
};

const newFolder = (): string => {
  const folder = join(projectRoot, '.demo', new Date().toISOString().slice(0, 23).replaceAll(/[:.]/g, '-'));
  mkdirSync(folder, { recursive: true });
  return folder;
};

/** The platform that HYBRID_URL and HYBRID_ADMIN_KEY name, or one that is started here with a data folder of its own. */
export const findPlatform = async (): Promise<Platform> => {
  const { HYBRID_URL: url, HYBRID_ADMIN_KEY: key } = process.env;
  if (url !== undefined) return { admin: await administered(url, key), folder: newFolder(), own: false, leave: async () => undefined };
  return startPlatform(newFolder());
};

const startPlatform = async (folder: string): Promise<Platform> => {
  buildServer();
  const dataFolder = join(folder, 'data');
  const server = await startServer({ dataFolder });
  // The first start prints the bootstrap key once; nobody else will ever see it.
  const key = /hyb_\S+/.exec(server.output())?.[0];
  const leave = async (succeeded: boolean) => {
    await server.stop();
    if (succeeded) rmSync(dataFolder, { recursive: true, force: true });
  };
  if (key !== undefined) return { admin: httpClient(server.url, key), folder, own: true, leave };
  await leave(false);
  throw new Rejected(failed('unavailable', 'no-bootstrap-key', `The platform printed no key: ${server.output()}`));
};
