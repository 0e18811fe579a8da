import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { AfterAll, BeforeAll, setDefaultTimeout } from '@cucumber/cucumber';
import { failed, Rejected } from '../../domain/kernel/failure.ts';
import { type HttpClient, httpClient } from '../../tools/http-client.ts';
import { buildServer, type ServerProcess, startServer } from '../../tools/server-process.ts';

const adminKey = 'hyb_platform_acceptance_5f0c7d1e9b';

/** The platform that all scenarios of a run share: each has tenants of its own. */
type Running = { readonly server: ServerProcess; readonly dataFolder: string };
let running: Running | undefined;

setDefaultTimeout(30_000);

BeforeAll(async () => {
  buildServer();
  const dataFolder = mkdtempSync(join(tmpdir(), 'hybrid-acceptance-'));
  const started = startServer({ dataFolder, env: { HYBRID_ADMIN_KEY: adminKey } });
  // Where this fails, the run ends here.
  started.catch(() => rmSync(dataFolder, { recursive: true, force: true }));
  running = { dataFolder, server: await started };
});

AfterAll(async () => {
  await running?.server.stop();
  if (running !== undefined) rmSync(running.dataFolder, { recursive: true, force: true });
});

const platform = (): Running => {
  if (running === undefined) throw new Rejected(failed('unavailable', 'platform-not-started', 'The platform was not started.'));
  return running;
};

/** A caller with a key of the platform at hand; with the administrator's where none is given. */
export const caller = (key: string = adminKey): HttpClient => httpClient(platform().server.url, key);

/** A caller without a key. */
export const stranger = (): HttpClient => httpClient(platform().server.url);

export const dataFolder = (): string => platform().dataFolder;
