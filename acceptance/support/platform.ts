import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { AfterAll, BeforeAll, setDefaultTimeout } from '@cucumber/cucumber';
import { failed, Rejected } from '../../domain/kernel/failure.ts';
import { type HttpClient, httpClient } from '../../tools/http-client.ts';
import { buildServer, startServer } from '../../tools/server-process.ts';
import { patienceFactor } from '../../tools/wait-until.ts';

/** The platform that all scenarios of a run share: each has tenants of its own. */
type Running = { readonly url: string; readonly adminKey: string; readonly dataFolder: string; stop(): Promise<void> };
let running: Running | undefined;

setDefaultTimeout(30_000 * patienceFactor);

BeforeAll(async () => {
  const { HYBRID_URL: url, HYBRID_ADMIN_KEY: adminKey } = process.env;
  running = url && adminKey ? { url, adminKey, dataFolder: '', stop: async () => undefined } : await startOwn();
});

AfterAll(() => running?.stop());

const startOwn = async (): Promise<Running> => {
  buildServer();
  const adminKey = 'hyb_platform_acceptance_5f0c7d1e9b';
  const dataFolder = mkdtempSync(join(tmpdir(), 'hybrid-acceptance-'));
  const forget = () => rmSync(dataFolder, { recursive: true, force: true });
  const started = startServer({ dataFolder, env: { HYBRID_ADMIN_KEY: adminKey } });
  // Where this fails, the run ends here.
  started.catch(forget);
  const server = await started;
  const stop = async () => {
    await server.stop();
    forget();
  };
  return { url: server.url, adminKey, dataFolder, stop };
};

const platform = (): Running => {
  if (running === undefined) throw new Rejected(failed('unavailable', 'platform-not-started', 'The platform was not started.'));
  return running;
};

/** A caller with a key of the platform at hand; with the administrator's where none is given. */
export const caller = (key: string = platform().adminKey): HttpClient => httpClient(platform().url, key);

/** A caller without a key. */
export const stranger = (): HttpClient => httpClient(platform().url);

/** Of a platform on this machine: scenarios that reach for it are tagged `@laptop`. */
export const dataFolder = (): string => platform().dataFolder;
