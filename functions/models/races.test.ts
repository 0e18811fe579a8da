import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { inMemoryTable } from '../../adapters/conformance/in-memory-table.ts';
import type { Table } from '../../domain/kernel/table.ts';
import { models } from './context.ts';
import { member, world } from './world.ts';

const digits = { name: 'digits' };
const first = { ...digits, version: '1' };
const champion = { ...digits, alias: 'champion' };

/** A table whose every call waits for its turn, so that fast-check decides who is first. */
const interleaved = (turn: { scheduler?: fc.Scheduler }) => {
  const table = inMemoryTable(models.tables.registry);
  const inTurn =
    <Args extends readonly unknown[], Result>(name: string, call: (...args: Args) => Promise<Result>) =>
    async (...args: Args): Promise<Result> => {
      await turn.scheduler?.schedule(Promise.resolve(), name);
      return call(...args);
    };
  const calls: Table = {
    get: inTurn('get', table.get),
    batchGet: inTurn('batchGet', table.batchGet),
    put: inTurn('put', table.put),
    delete: inTurn('delete', table.delete),
    transact: inTurn('transact', table.transact),
    query: inTurn('query', table.query),
    queryIndex: inTurn('queryIndex', table.queryIndex),
    scan: inTurn('scan', table.scan),
  };
  return { ...calls, changes: table.changes };
};

type World = ReturnType<typeof world>;
const assign = (on: World, version = '1') => on.call('PUT /v1/models/{name}/aliases/{alias}', champion, { body: { version } });
const unassign = (on: World) => on.call('DELETE /v1/models/{name}/aliases/{alias}', champion);
const deploy = (on: World, what: object, name = 'reader') =>
  on.call('PUT /v1/endpoints/{name}', { name }, { body: { model: 'digits', ...what } });
const upload = (on: World) => on.call('POST /v1/models/{name}/versions', digits, { body: 'onnx' });
const deleteVersion = (on: World) => on.call('DELETE /v1/models/{name}/versions/{version}', first);
const statusOf = async (answer: Promise<{ readonly status: number }>) => (await answer).status;

/** Gives out turns until it is over, each only when everyone who runs has come to wait for one. */
const inTurns = async (scheduler: fc.Scheduler, race: Promise<unknown>): Promise<void> => {
  let over = false;
  const end = race.finally(() => {
    over = true;
  });
  while (!over) {
    await new Promise((resolve) => setImmediate(resolve));
    if (scheduler.count() > 0) await scheduler.waitOne();
  }
  await end;
};

/** Runs what may happen at once in an order that fast-check chooses, and then looks. */
const racing = (
  prepare: (on: World) => Promise<unknown>,
  race: (on: World) => readonly Promise<unknown>[],
  look: (on: World) => Promise<void>,
) =>
  fc.assert(
    fc.asyncProperty(fc.scheduler(), async (scheduler) => {
      const turn: { scheduler?: fc.Scheduler } = {};
      const on = world(interleaved(turn), async () => turn.scheduler?.schedule(Promise.resolve(), 'object'));
      await on.call('POST /v1/models', {}, { body: digits });
      await upload(on);
      await prepare(on);
      turn.scheduler = scheduler;
      await inTurns(scheduler, Promise.all(race(on)));
      delete turn.scheduler;
      await look(on);
    }),
    { numRuns: 300 },
  );

const nothing = async () => undefined;

describe('whatever happens at the same moment', () => {
  it('nothing refers to a version that is gone', () =>
    racing(
      nothing,
      (on) => [deleteVersion(on), deleteVersion(on), assign(on), deploy(on, { version: '1' }), deploy(on, { version: '1' }, 'other')],
      async (on) => {
        if ((await statusOf(on.call('GET /v1/models/{name}/versions/{version}', first))) === 200) return;
        expect(member(await on.call('GET /v1/models/{name}', digits), 'aliases')).toEqual({});
        expect(member(await on.call('GET /v1/endpoints'), 'data')).toEqual([]);
      },
    ));

  it('no alias points to a version that is gone, though it was removed and assigned again', () =>
    racing(
      assign,
      (on) => [deleteVersion(on), deleteVersion(on), unassign(on), unassign(on), assign(on)],
      async (on) => {
        const there = await statusOf(on.call('GET /v1/models/{name}/versions/{version}', first));
        if (there === 404) expect(member(await on.call('GET /v1/models/{name}', digits), 'aliases')).toEqual({});
        else expect(there).toBe(200);
      },
    ));

  it('no endpoint follows an alias that is removed', () =>
    racing(
      assign,
      (on) => [unassign(on), deploy(on, { alias: 'champion' })],
      async (on) => {
        const follows = (await statusOf(on.call('GET /v1/endpoints/{name}', { name: 'reader' }))) === 200;
        expect(await statusOf(on.call('GET /v1/models/{name}/aliases/{alias}', champion))).toBe(follows ? 200 : 404);
      },
    ));

  it('a model goes whole, or stays with all that came to it', () =>
    racing(
      assign,
      (on) => [on.call('DELETE /v1/models/{name}', digits), upload(on), assign(on), deploy(on, { version: '1' })],
      async (on) => {
        await on.deliver();
        if ((await statusOf(on.call('GET /v1/models/{name}', digits))) === 200) {
          expect(member(await on.call('GET /v1/endpoints'), 'data')).toHaveLength(1);
          return;
        }
        expect(member(await on.call('GET /v1/endpoints'), 'data')).toEqual([]);
        await on.call('POST /v1/models', {}, { body: digits });
        expect(await on.call('GET /v1/models/{name}', digits)).toMatchObject({ body: { aliases: {}, latestVersion: null } });
        expect(on.keys()).toEqual([]);
      },
    ));

  it('no version comes to a model that is gone', () =>
    racing(
      nothing,
      (on) => [on.call('DELETE /v1/models/{name}', digits), on.call('DELETE /v1/models/{name}', digits), upload(on)],
      async (on) => {
        await on.deliver();
        expect(await statusOf(on.call('GET /v1/models/{name}', digits))).toBe(404);
        await on.call('POST /v1/models', {}, { body: digits });
        expect(await on.call('GET /v1/models/{name}', digits)).toMatchObject({ body: { latestVersion: null } });
        expect(on.keys()).toEqual([]);
      },
    ));

  it('the bytes of a version that is there are there, and no others', () =>
    racing(
      deleteVersion,
      (on) => [on.deliver(), upload(on)],
      async (on) => {
        await on.deliver();
        expect(member(await on.call('GET /v1/models/{name}', digits), 'latestVersion')).toBe('2');
        const artifact = await on.call('GET /v1/models/{name}/versions/{version}/artifact', { ...digits, version: '2' });
        expect([artifact.status, on.keys().length]).toEqual([200, 1]);
      },
    ));

  it('an endpoint that follows an alias ends at what the alias points to', () =>
    racing(
      async (on) => {
        await upload(on);
        await upload(on);
        await assign(on, '1');
        await on.deliver();
      },
      (on) => [deploy(on, { alias: 'champion' }), assign(on, '2').then(() => on.deliver()), assign(on, '3').then(() => on.deliver())],
      async (on) => {
        const type = 'ai.hybrid-platform.inference.endpoint-ready.v1';
        const about = async () => (await on.call('GET /v1/endpoints/{name}', { name: 'reader' })).body as { version: string };
        for (let generation = 1; generation <= on.dataOf('deployment-requested').length; generation++)
          await on.hear(on.cloudEvent(type, { endpoint: 'reader', generation, version: (await about()).version }));
        const alias = await on.call('GET /v1/models/{name}/aliases/{alias}', champion);
        expect(await about()).toMatchObject({ state: 'ready', version: member(alias, 'version') as string });
      },
    ));
});
