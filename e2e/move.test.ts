import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type LocalPlatform, startLocalPlatform } from '../functions/entries/local-platform.ts';
import { testLog } from '../functions/kernel/test-serving.ts';
import { type HttpClient, httpClient } from '../tools/http-client.ts';
import { move, verify } from '../tools/move/move.ts';
import { type Movable, movable } from '../tools/move/platform.ts';
import { type Journal, journalOf } from '../tools/move/progress.ts';

const folder = mkdtempSync(join(tmpdir(), 'move-'));
const keyOf = (name: string): string => `hyb_platform_bootstrap_${name.padEnd(40, '0')}`;

const start = (name: string): Promise<LocalPlatform> =>
  startLocalPlatform({
    ...{ folder: join(folder, name), host: '127.0.0.1', port: 0, adminKey: keyOf(name), service: name },
    ...{ log: testLog(), writeLog: () => {}, tellKey: () => {} },
  });

/** What the demo leaves: a tenant, two versions of a model, an endpoint, usage, a closed period and its invoice. */
const demo = (url: string, key: string): Promise<string> =>
  new Promise((resolve, reject) => {
    const env = { ...process.env, HYBRID_URL: url, HYBRID_ADMIN_KEY: key };
    const child = spawn(process.execPath, ['--import', 'tsx', 'examples/demo.ts'], { env, stdio: ['ignore', 'pipe', 'pipe'] });
    let said = '';
    for (const stream of [child.stdout, child.stderr])
      stream.setEncoding('utf8').on('data', (text: string) => {
        said += text;
      });
    child.once('close', (code) => (code === 0 ? resolve(said) : reject(new Error(said))));
  });

const lines: string[] = [];
const say = (line: string): void => void lines.push(line);
const journal = (from: Movable, to: Movable): Journal => journalOf(join(folder, 'journals'), from.url, to.url);
const sideOf = ({ url }: LocalPlatform, name: string): Movable => movable(url, keyOf(name));

let [one, two]: [LocalPlatform, LocalPlatform] = [] as never;
let [from, to]: [Movable, Movable] = [] as never;
beforeAll(async () => {
  [one, two] = [await start('one'), await start('two')];
  [from, to] = [sideOf(one, 'one'), sideOf(two, 'two')];
  await demo(one.url, keyOf('one'));
}, 60_000);
afterAll(async () => {
  await Promise.all([one.close(), two.close()]);
  rmSync(folder, { recursive: true });
});

type Listed = { readonly data: readonly { readonly id: string }[] };
const asAdmin = ({ url }: LocalPlatform, name: string): HttpClient => httpClient(url, keyOf(name));
const body = async (client: HttpClient, path: string): Promise<unknown> => (await client.get(path)).body;

type Trail = { readonly data: readonly { readonly resource: string }[] };
const tellsOfMove = ({ resource }: Trail['data'][number]): boolean => resource.includes('-transfer/');
/** What the trail says but for who took and brought: that is each platform's own. */
const trailOf = async (client: HttpClient): Promise<Trail['data']> =>
  ((await body(client, '/v1/audit?limit=1000')) as Trail).data.filter((entry) => !tellsOfMove(entry));

describe('moving from one platform to another', () => {
  it('says what differs before anything was moved', async () => {
    expect(await verify({ from, to, say })).toEqual(
      expect.arrayContaining(['identity.directory', 'models.registry', 'billing.usage', 'models.artifacts']),
    );
  });

  it('goes on where it was interrupted', async () => {
    let requests = 0;
    const copied: string[] = [];
    const failing: Movable = {
      ...to,
      putItems: async (table, items) => {
        requests += 1;
        if (requests > 2) throw new Error('the network is gone');
        return to.putItems(table, items);
      },
    };
    await expect(move({ from, to: failing, journal: journal(from, to), say })).rejects.toThrow('the network is gone');
    const watching: Movable = {
      ...from,
      items: async (table, cursor) => {
        copied.push(table.name);
        return from.items(table, cursor);
      },
    };
    lines.length = 0;
    expect(await move({ from: watching, to, journal: journal(from, to), say })).toEqual([]);
    // What came before the interruption is read once, to be compared, and not to be copied.
    expect(copied.filter((table) => table === 'identity.directory')).toHaveLength(1);
    expect(copied.filter((table) => table === 'observability.audit').length).toBeGreaterThan(1);
    expect(lines.some((line) => line.startsWith('models.artifacts: 0 objects moved'))).toBe(true);
  }, 30_000);

  it('leaves both equal: what either says of its tenants, invoices and audit trail is the same', async () => {
    const [here, there] = [asAdmin(one, 'one'), asAdmin(two, 'two')];
    for (const path of ['/v1/tenants', '/v1/invoices', '/v1/billing/plans']) {
      const said = await body(here, path);
      expect((said as Listed).data?.length ?? 1, path).toBeGreaterThan(0);
      expect(await body(there, path), path).toEqual(said);
    }
    expect(await trailOf(there)).toEqual(await trailOf(here));
  });

  it('is told of in the audit trail of both: who took, and who brought', async () => {
    const told = async (client: HttpClient, action: string) =>
      ((await body(client, `/v1/audit?action=${encodeURIComponent(action)}`)) as Trail).data[0];
    const about = { by: 'bootstrap', resource: '/v1/identity-transfer/tables/directory', outcome: 'success' };
    expect(await told(asAdmin(one, 'one'), 'GET /v1/identity-transfer/tables/{table}')).toMatchObject(about);
    expect(await told(asAdmin(two, 'two'), 'PUT /v1/identity-transfer/tables/{table}')).toMatchObject(about);
  });

  it('tells nobody again of what had happened: the audit trail tells of no more than the move', async () => {
    const before = await trailOf(asAdmin(two, 'two'));
    await move({ from, to, journal: journal(from, to), say });
    expect(await trailOf(asAdmin(two, 'two'))).toEqual(before);
  });

  it('serves the moved model to those who have the keys of old', async () => {
    const made = await asAdmin(one, 'one').post<{ key: string }>('/v1/api-keys', {
      name: 'moved',
      roles: ['admin'],
      tenantId: ((await body(asAdmin(one, 'one'), '/v1/tenants')) as Listed).data[0]?.id,
    });
    expect(made.status).toBe(201);
    expect(await move({ from, to, journal: journal(from, to), say })).toEqual([]);
    const [here, there] = [httpClient(one.url, made.body.key), httpClient(two.url, made.body.key)];
    const { data } = (await here.get<{ data: readonly { name: string }[] }>('/v1/endpoints')).body;
    expect(data.length).toBeGreaterThan(0);
    for (const { name } of data) expect(await body(there, `/v2/models/${name}`)).toEqual(await body(here, `/v2/models/${name}`));
    expect(await body(there, '/v1/usage?granularity=day')).toEqual(await body(here, '/v1/usage?granularity=day'));
  }, 30_000);

  it('keeps what was changed on the target, and says so', async () => {
    const id = ((await body(asAdmin(one, 'one'), '/v1/tenants')) as Listed).data[0]?.id as string;
    expect((await asAdmin(two, 'two').post(`/v1/tenants/${id}/suspend`)).status).toBe(200);
    lines.length = 0;
    expect(await move({ from, to, journal: journal(from, to), say })).toContain('identity.directory');
    expect(lines.find((line) => line.startsWith('identity.directory'))).toMatch(/\d were changed there and stay/);
    expect((await asAdmin(two, 'two').get<{ status: string }>(`/v1/tenants/${id}`)).body.status).toBe('suspended');
  });

  it('brings no key of a tenant that was created on the target', async () => {
    const [here, there] = [asAdmin(one, 'one'), asAdmin(two, 'two')];
    for (const client of [here, there]) expect((await client.post('/v1/tenants', { id: 'bank' })).status).toBe(201);
    const wanted = { name: 'forged', roles: ['admin'], tenantId: 'bank' };
    const { key } = (await here.post<{ key: string }>('/v1/api-keys', wanted)).body;
    expect(await move({ from, to, journal: journal(from, to), say })).toContain('identity.directory');
    expect((await httpClient(one.url, key).get('/v1/me')).status).toBe(200);
    expect((await httpClient(two.url, key).get('/v1/me')).status).toBe(401);
    expect(await body(there, '/v1/api-keys?tenantId=bank')).toMatchObject({ data: [] });
  }, 30_000);

  it('leaves its journal without a key in it', () => {
    expect(readFileSync(journal(from, to).file, 'utf8')).not.toContain('bootstrap');
  });
});
