import { describe, expect, it } from 'vitest';
import { inMemoryTable } from '../../adapters/conformance/in-memory-table.ts';
import { endpointFailed, endpointReady } from '../../events/inference.ts';
import { models } from './context.ts';
import { member, world } from './world.ts';

const digits = { name: 'digits' };
const reader = { name: 'reader' };

const start = async (versions = 2) => {
  const on = world(inMemoryTable(models.tables.registry));
  await on.call('POST /v1/models', {}, { body: digits });
  for (let n = 1; n <= versions; n++) await on.call('POST /v1/models/{name}/versions', digits, { body: `onnx ${n}` });
  return on;
};
type World = Awaited<ReturnType<typeof start>>;
const assign = (on: World, version: string) =>
  on.call('PUT /v1/models/{name}/aliases/{alias}', { ...digits, alias: 'champion' }, { body: { version } });
const deploy = (on: World, body: object, name = 'reader') =>
  on.call('PUT /v1/endpoints/{name}', { name }, { body: { model: 'digits', ...body } });
const view = (on: World) => on.call('GET /v1/endpoints/{name}', reader);
const ready = (on: World, generation: number, version: string) =>
  on.hear(on.cloudEvent(endpointReady.type, { endpoint: 'reader', generation, version }));
const fails = (on: World, generation: number, version: string) =>
  on.hear(on.cloudEvent(endpointFailed.type, { endpoint: 'reader', generation, version, reason: 'broken' }));

describe('an endpoint', () => {
  it('deploys the version it was given and tells inference all it needs', async () => {
    const on = await start();
    const answer = await deploy(on, { version: '1' });
    expect(answer).toMatchObject({
      status: 202,
      body: { ...reader, model: 'digits', version: '1', alias: null, state: 'deploying', servingVersion: null },
    });
    expect(on.dataOf('deployment-requested')).toMatchObject([
      {
        endpoint: 'reader',
        generation: 1,
        model: 'digits',
        version: '1',
        artifact: expect.stringMatching(/^acme\/sha256\/[0-9a-f]{64}$/),
        sizeBytes: 6,
      },
    ]);
  });
  it('is ready when inference says so', async () => {
    const on = await start();
    await deploy(on, { version: '1' });
    await ready(on, 1, '1');
    expect(await view(on)).toMatchObject({ status: 200, body: { state: 'ready', servingVersion: '1' } });
    expect(on.dataOf('model-deployed')).toHaveLength(1);
  });
  it('is ready and says nothing when it is given again what it serves', async () => {
    const on = await start();
    await deploy(on, { version: '1' });
    await ready(on, 1, '1');
    expect(await deploy(on, { version: '1' })).toMatchObject({ status: 202, body: { state: 'ready' } });
    expect(on.dataOf('deployment-requested')).toHaveLength(1);
  });
  it('serves the old version until the new one is ready, and goes on where that fails', async () => {
    const on = await start();
    await deploy(on, { version: '1' });
    await ready(on, 1, '1');
    expect(await deploy(on, { version: '2' })).toMatchObject({ body: { state: 'deploying', version: '2', servingVersion: '1' } });
    await fails(on, 2, '2');
    expect(await view(on)).toMatchObject({ body: { state: 'failed', reason: 'broken', version: '2', servingVersion: '1' } });
  });
  it('is deployed again after it failed', async () => {
    const on = await start();
    await deploy(on, { version: '1' });
    await fails(on, 1, '1');
    expect(await deploy(on, { version: '1' })).toMatchObject({ body: { state: 'deploying' } });
    expect(on.dataOf('deployment-requested')).toMatchObject([{ generation: 1 }, { generation: 2 }]);
  });
  it('ignores what is said of an older generation', async () => {
    const on = await start();
    await deploy(on, { version: '1' });
    await deploy(on, { version: '2' });
    await ready(on, 1, '1');
    expect(await view(on)).toMatchObject({ body: { state: 'deploying', servingVersion: null } });
  });
  it('hears each event once', async () => {
    const on = await start();
    await deploy(on, { version: '1' });
    const event = on.cloudEvent(endpointReady.type, { endpoint: 'reader', generation: 1, version: '1' });
    await on.hear(event);
    await on.hear(event);
    expect(on.dataOf('model-deployed')).toHaveLength(1);
  });
  it('is listed, and gone once it is removed', async () => {
    const on = await start();
    await deploy(on, { version: '1' }, 'b');
    await deploy(on, { version: '1' }, 'a');
    expect((await on.call('GET /v1/endpoints')).body).toMatchObject({ data: [{ name: 'a' }, { name: 'b' }], next: null });
    expect((await on.call('DELETE /v1/endpoints/{name}', { name: 'a' })).status).toBe(204);
    expect((await on.call('GET /v1/endpoints')).body).toMatchObject({ data: [{ name: 'b' }] });
    expect((await on.call('GET /v1/endpoints/{name}', { name: 'a' })).body).toMatchObject({ code: 'endpoint-not-found' });
    expect(on.dataOf('endpoint-removed')).toEqual([{ endpoint: 'a', generation: 2 }]);
  });
  it('is refused what does not exist', async () => {
    const on = await start();
    const codes = [
      await deploy(on, { version: '9' }),
      await deploy(on, { alias: 'champion' }),
      await deploy(on, { model: 'x', version: '1' }),
    ];
    expect(codes.map((answer) => member(answer, 'code'))).toEqual(['version-not-found', 'alias-not-found', 'model-not-found']);
  });
  it('takes a version or an alias, and not both', () => {
    const { body } = models.routes['PUT /v1/endpoints/{name}'];
    const accepted = [{ version: '1' }, { alias: 'a' }, { version: '1', alias: 'a' }, {}].map(
      (what) => body.safeParse({ model: 'digits', ...what }).success,
    );
    expect(accepted).toEqual([true, true, false, false]);
  });
});

describe('an endpoint that follows an alias', () => {
  const following = async () => {
    const on = await start(3);
    await assign(on, '1');
    await deploy(on, { alias: 'champion' });
    await ready(on, 1, '1');
    await on.deliver();
    return on;
  };
  it('deploys what the alias is assigned', async () => {
    const on = await following();
    await assign(on, '2');
    await on.deliver();
    expect(await view(on)).toMatchObject({ body: { state: 'deploying', alias: 'champion', version: '2', servingVersion: '1' } });
  });
  it('deploys what the alias points to now, in whatever order it hears of it', async () => {
    const on = await following();
    await assign(on, '2');
    await assign(on, '3');
    const moves = on
      .published()
      .filter(({ type }) => type.includes('alias-assigned'))
      .slice(1)
      .reverse();
    for (const event of [...moves, ...moves]) await on.hear(event);
    expect(on.dataOf('deployment-requested')).toMatchObject([{ version: '1' }, { version: '3' }]);
  });
  it('catches up where the alias moved before it was known to follow', async () => {
    const on = await start();
    await assign(on, '1');
    await deploy(on, { alias: 'champion' });
    await assign(on, '2');
    await ready(on, 1, '1');
    expect(await view(on)).toMatchObject({ body: { state: 'deploying', version: '2', servingVersion: '1' } });
  });
  it('leaves alone what another endpoint was given by version', async () => {
    const on = await following();
    await deploy(on, { version: '1' }, 'other');
    await assign(on, '2');
    await on.deliver();
    expect(await on.call('GET /v1/endpoints/{name}', { name: 'other' })).toMatchObject({ body: { version: '1', alias: null } });
  });
  it('keeps the version that it serves from being deleted', async () => {
    const on = await following();
    await assign(on, '2');
    await on.deliver();
    const answer = await on.call('DELETE /v1/models/{name}/versions/{version}', { ...digits, version: '1' });
    expect(answer).toMatchObject({ status: 409, body: { endpoints: ['reader'], aliases: [] } });
    await ready(on, 2, '2');
    expect((await on.call('DELETE /v1/models/{name}/versions/{version}', { ...digits, version: '1' })).status).toBe(204);
  });
});
