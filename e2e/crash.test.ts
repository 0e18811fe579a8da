import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { httpClient } from '../tools/http-client.ts';
import { type ServerProcess, startServer } from '../tools/server-process.ts';
import { waitUntil } from '../tools/wait-until.ts';
import {
  createdByLedger,
  createdByLists,
  historyOf,
  meteredRequests,
  recordedFacts,
  retryCreations,
  settleRegisters,
} from './crash/checks.ts';
import { newLedger } from './crash/ledger.ts';
import { type Callers, endpoint, runLoad } from './crash/load.ts';
import { seededRandom } from './random.ts';
import { createTenant, expected, serveModel } from './tenant.ts';

const crashes = Number(process.env.CRASHES ?? 25);
const seed = Number(process.env.CRASH_SEED ?? Date.now() % 2 ** 32);
const random = seededRandom(seed);
const adminKey = 'hyb_platform_crash_71ab';
const tenantId = 'acme';
const readyWithinMillis = 5000;

const started = new Date();
const ledger = newLedger();
const readyTimes: number[] = [];
let folder: string;
let tenantKey: string | undefined;
let server: ServerProcess;

const start = async (): Promise<Callers> => {
  server = await startServer({ dataFolder: folder, env: { HYBRID_ADMIN_KEY: adminKey }, readyWithinMillis });
  readyTimes.push(server.readyAfter);
  return { admin: httpClient(server.url, adminKey), tenant: httpClient(server.url, tenantKey) };
};

const prepare = async ({ admin }: Callers): Promise<void> => {
  const tenant = await createTenant(admin, tenantId);
  tenantKey = tenant.key;
  const bytes = new Uint8Array(readFileSync(new URL('../adapters/conformance/models/add-one.onnx', import.meta.url)));
  await serveModel(tenant, endpoint, bytes);
  for (const _ of [2, 3]) expected(await tenant.post(`/v1/models/${endpoint}/versions`, bytes), 201);
  expected(await tenant.post('/v1/models', { name: 'uploads' }), 201);
};

/** Lets everybody write, and kills the server without a word while they do. */
const crashUnderLoad = async (callers: Callers): Promise<void> => {
  let over = false;
  const load = runLoad({ ...callers, ledger, random, stopped: () => over });
  await sleep(random.between(50, 900));
  await server.stop('SIGKILL');
  over = true;
  await load;
};

/** What has to hold each time that it is back. */
const checkAfterCrash = async (callers: Callers): Promise<void> => {
  expect(await settleRegisters(callers, ledger)).toEqual([]);
  await retryCreations(callers, ledger, random);
  expect(ledger.surprises).toEqual([]);
  expect(await createdByLists(callers)).toEqual(createdByLedger(ledger));
  const billed = async () => ((await meteredRequests(callers.tenant)) >= ledger.inferences.size ? true : undefined);
  await waitUntil('every acknowledged inference to be billed', billed, { withinMillis: 2000 });
};

beforeAll(async () => {
  console.info(`CRASH_SEED=${seed} CRASHES=${crashes}`);
  folder = mkdtempSync(join(tmpdir(), 'hybrid-crash-'));
  await prepare(await start());
  for (let crash = 0; crash < crashes; crash++) {
    const client = { admin: httpClient(server.url, adminKey), tenant: httpClient(server.url, tenantKey) };
    await crashUnderLoad(client);
    await checkAfterCrash(await start());
  }
});

afterAll(async () => {
  await server?.stop();
  if (folder) rmSync(folder, { recursive: true, force: true });
});

const callers = (): Callers => ({ admin: httpClient(server.url, adminKey), tenant: httpClient(server.url, tenantKey) });

describe(`the platform, killed ${crashes} times while everybody writes`, () => {
  it('was written to all the time', () => {
    const set = Object.values(ledger.aliases).reduce((sum, alias) => sum + alias.set.length, 0);
    console.info(
      `acknowledged: ${ledger.inferences.size} inferences (${ledger.unansweredInferences} cut off), ${set} alias assignments, ${ledger.plan.set.length} plans, ` +
        `${ledger.versions.created.size} uploads, ${ledger.keys.created.size} keys; ready after ${Math.round(Math.max(...readyTimes))} ms at most`,
    );
    expect(ledger.inferences.size).toBeGreaterThan(10 * crashes);
    expect(set).toBeGreaterThan(crashes);
    expect(ledger.versions.created.size).toBeGreaterThan(0);
    expect(ledger.keys.created.size).toBeGreaterThan(crashes);
  });

  it('is ready in no more time than after a clean stop', async () => {
    await server.stop();
    const { readyAfter } = await startServer({ dataFolder: folder, env: { HYBRID_ADMIN_KEY: adminKey } }).then((clean) => (server = clean));
    const crashed = readyTimes.slice(1).toSorted((a, b) => a - b)[Math.floor((readyTimes.length - 1) / 2)] ?? Number.NaN;
    console.info(
      `ready after ${Math.round(crashed)} ms (median) when it was killed, after ${Math.round(readyAfter)} ms when it was stopped`,
    );
    expect(crashed).toBeLessThan(readyAfter + 1000);
  });

  it('has every acknowledged write, and each creation once', async () => {
    expect(await createdByLists(callers())).toEqual(createdByLedger(ledger));
    expect(await settleRegisters(callers(), ledger)).toEqual([]);
    expect(ledger.surprises).toEqual([]);
  });

  it('has a history of each alias that is exactly what was assigned', async () => {
    const assigned = Object.fromEntries(Object.entries(ledger.aliases).map(([alias, { set }]) => [alias, set]));
    expect(await historyOf(callers())).toEqual(assigned);
  });

  it('bills every acknowledged inference once and none twice', async () => {
    type Verification = { agrees: boolean; tenants: { tenantId: string; facts: number; fromRollups: Record<string, string> }[] };
    const period = started.toISOString().slice(0, 7);
    const verified = expected(await callers().admin.get<Verification>(`/v1/billing/periods/${period}/verification`), 200);
    expect(verified.agrees).toBe(true);
    const billed = verified.tenants.find((tenant) => tenant.tenantId === tenantId);
    const used = await meteredRequests(callers().tenant);
    await server.stop();

    const facts = await recordedFacts(folder, tenantId, started);
    const ids = facts.map(({ sk }) => sk);
    expect(new Set(ids).size).toBe(ids.length);
    const rows = new Map(facts.map((fact) => [fact.sk, fact.rows]));
    for (const [id, acknowledged] of ledger.inferences) expect(rows.get(id), `the inference ${id}`).toBe(acknowledged);
    expect(used).toBe(ids.length);
    expect(billed).toMatchObject({ facts: ids.length, fromRollups: { 'inference.requests': String(ids.length) } });
    // What was run and recorded, and whose answer the crash cut off.
    expect(ids.length - ledger.inferences.size).toBeLessThanOrEqual(ledger.unansweredInferences);
  });
});
