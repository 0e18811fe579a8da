import { describe, expect, it } from 'vitest';
import { inMemoryTable } from '../../adapters/conformance/in-memory-table.ts';
import { models } from './context.ts';
import { member, world } from './world.ts';

const start = () => world(inMemoryTable(models.tables.registry));
type World = ReturnType<typeof start>;
const digits = { name: 'digits' };

const withVersions = async (count: number): Promise<World> => {
  const on = start();
  await on.call('POST /v1/models', {}, { body: digits });
  for (let n = 1; n <= count; n++) await on.call('POST /v1/models/{name}/versions', digits, { body: `onnx ${n}` });
  return on;
};
const assign = (on: World, alias: string, version: string, headers = {}) =>
  on.call('PUT /v1/models/{name}/aliases/{alias}', { ...digits, alias }, { body: { version }, headers });
const deploy = (on: World, body: object, name = 'reader') =>
  on.call('PUT /v1/endpoints/{name}', { name }, { body: { model: 'digits', ...body } });

describe('a registered model', () => {
  it('is shown with who registered it and when', async () => {
    const on = start();
    const answer = await on.call('POST /v1/models', {}, { body: { ...digits, description: 'Handwriting' } });
    expect(answer).toMatchObject({ status: 201, headers: { location: '/v1/models/digits' } });
    expect(answer.body).toEqual({
      ...digits,
      description: 'Handwriting',
      createdAt: '2026-01-01T00:00:00.000Z',
      createdBy: 'key:ada',
      aliases: {},
      latestVersion: null,
    });
  });
  it('keeps its name to itself', async () => {
    const on = await withVersions(0);
    expect(await on.call('POST /v1/models', {}, { body: digits })).toMatchObject({ status: 409, body: { code: 'model-exists' } });
  });
  it('is another tenant’s business to nobody', async () => {
    const on = await withVersions(1);
    const answers = [
      await on.call('GET /v1/models/{name}', digits, { tenant: 'other' }),
      await on.call('GET /v1/models/{name}/versions/{version}', { ...digits, version: '1' }, { tenant: 'other' }),
      await on.call('DELETE /v1/models/{name}', digits, { tenant: 'other' }),
    ];
    expect(answers.map(({ status }) => status)).toEqual([404, 404, 404]);
    expect(member(await on.call('GET /v1/models', {}, { tenant: 'other' }), 'data')).toEqual([]);
  });
  it('shows its aliases and its newest version', async () => {
    const on = await withVersions(12);
    await assign(on, 'champion', '2');
    expect(await on.call('GET /v1/models/{name}', digits)).toMatchObject({
      status: 200,
      body: { aliases: { champion: '2' }, latestVersion: '12' },
    });
  });
  it('is listed by name, page by page', async () => {
    const on = start();
    for (const name of ['c', 'a', 'b']) await on.call('POST /v1/models', {}, { body: { name } });
    const first = await on.call('GET /v1/models', {}, { query: { limit: '2' } });
    const second = await on.call('GET /v1/models', {}, { query: { limit: '2', cursor: String(member(first, 'next')) } });
    expect(first.body).toMatchObject({ data: [{ name: 'a' }, { name: 'b' }] });
    expect(second.body).toMatchObject({ data: [{ name: 'c' }], next: null });
  });
});

describe('deleting a model', () => {
  it('takes its aliases, its versions and in the end their bytes', async () => {
    const on = await withVersions(2);
    await assign(on, 'champion', '1');
    expect((await on.call('DELETE /v1/models/{name}', digits)).status).toBe(204);
    await on.deliver();
    expect((await on.call('GET /v1/models/{name}', digits)).status).toBe(404);
    expect(on.keys()).toEqual([]);
  });
  it('is refused with the list of endpoints that refer to it', async () => {
    const on = await withVersions(1);
    await deploy(on, { version: '1' });
    expect(await on.call('DELETE /v1/models/{name}', digits)).toMatchObject({
      status: 409,
      body: { code: 'model-in-use', endpoints: ['reader'] },
    });
    expect((await on.call('POST /v1/models/{name}/versions', digits, { body: 'onnx more' })).status).toBe(201);
  });
  it('is possible as soon as its endpoint is removed', async () => {
    const on = await withVersions(1);
    await deploy(on, { version: '1' });
    await on.call('DELETE /v1/endpoints/{name}', { name: 'reader' });
    expect((await on.call('DELETE /v1/models/{name}', digits)).status).toBe(204);
  });
  it('leaves the numbers of its versions and its history to the next of that name', async () => {
    const on = await withVersions(2);
    await assign(on, 'champion', '1');
    await on.call('DELETE /v1/models/{name}', digits);
    await on.call('POST /v1/models', {}, { body: digits });
    expect(member(await on.call('POST /v1/models/{name}/versions', digits, { body: 'onnx' }), 'version')).toBe('3');
    const history = await on.call('GET /v1/models/{name}/history', digits);
    expect(history.body).toMatchObject({
      data: [
        { type: 'alias-assigned', version: '1' },
        { type: 'alias-removed', version: '1' },
      ],
    });
    expect(member(await on.call('GET /v1/models/{name}', digits), 'aliases')).toEqual({});
  });
});

describe('deleting a version', () => {
  const version = (number: string) => ({ ...digits, version: number });
  it('is refused with the aliases and endpoints that refer to it, and the version stays ready', async () => {
    const on = await withVersions(1);
    await assign(on, 'champion', '1');
    await deploy(on, { version: '1' });
    const answer = await on.call('DELETE /v1/models/{name}/versions/{version}', version('1'));
    expect(answer).toMatchObject({ status: 409, body: { code: 'version-in-use', aliases: ['champion'], endpoints: ['reader'] } });
    expect(await on.call('GET /v1/models/{name}/versions/{version}', version('1'))).toMatchObject({ body: { state: 'ready' } });
  });
  it('keeps the bytes while another version has the same', async () => {
    const on = await withVersions(0);
    for (let n = 0; n < 2; n++) await on.call('POST /v1/models/{name}/versions', digits, { body: 'onnx same' });
    expect(on.keys()).toHaveLength(1);
    await on.call('DELETE /v1/models/{name}/versions/{version}', version('1'));
    await on.deliver();
    expect(on.keys()).toHaveLength(1);
    await on.call('DELETE /v1/models/{name}/versions/{version}', version('2'));
    await on.deliver();
    expect(on.keys()).toEqual([]);
  });
  it('frees no bytes of another tenant', async () => {
    const on = await withVersions(1);
    await on.call('POST /v1/models', {}, { body: digits, tenant: 'other' });
    await on.call('POST /v1/models/{name}/versions', digits, { body: 'onnx 1', tenant: 'other' });
    await on.call('DELETE /v1/models/{name}/versions/{version}', version('1'));
    await on.deliver();
    expect(on.keys().map((key) => key.split('/')[0])).toEqual(['other']);
  });
  it('is finished by asking again where it was broken off', async () => {
    const on = await withVersions(1);
    const { versions, versionStream } = await import('../../domain/models/streams.ts');
    const id = versionStream('acme' as never, 'digits', '1');
    if (id)
      await on.registry.events.handle(versions, id, { type: 'begin-deletion', model: 'digits', version: '1' }, { by: { id: 'key:ada' } });
    expect(await assign(on, 'champion', '1')).toMatchObject({ status: 409, body: { code: 'version-being-deleted' } });
    expect((await on.call('DELETE /v1/models/{name}/versions/{version}', version('1'))).status).toBe(204);
  });
  it('is possible once the endpoint serves another one', async () => {
    const on = await withVersions(2);
    await deploy(on, { version: '1' });
    await deploy(on, { version: '2' });
    expect((await on.call('DELETE /v1/models/{name}/versions/{version}', version('1'))).status).toBe(204);
  });
  it('answers 404 where there is none', async () => {
    const on = await withVersions(1);
    for (const number of ['2', '01', 'x', '0'])
      expect(await on.call('DELETE /v1/models/{name}/versions/{version}', version(number))).toMatchObject({
        status: 404,
        body: { code: 'version-not-found' },
      });
  });
  it('never leaves an alias or an endpoint on a version that is gone, whoever is first', async () => {
    for (let round = 0; round < 20; round++) {
      const on = await withVersions(1);
      const [deletion, assignment, deployment] = await Promise.all([
        on.call('DELETE /v1/models/{name}/versions/{version}', version('1')),
        assign(on, 'champion', '1'),
        deploy(on, { version: '1' }),
      ]);
      const taken = assignment.status === 200 || deployment.status === 202;
      expect([deletion.status, taken]).toEqual(deletion.status === 204 ? [204, false] : [409, expect.any(Boolean)]);
    }
  });
});

describe('an alias', () => {
  const champion = { ...digits, alias: 'champion' };
  it('answers with the entity tag of what it points to', async () => {
    const on = await withVersions(2);
    expect(await assign(on, 'champion', '1')).toMatchObject({
      status: 200,
      headers: { etag: '"1"' },
      body: { alias: 'champion', version: '1' },
    });
    expect(await assign(on, 'champion', '2')).toMatchObject({ status: 200, headers: { etag: '"2"' } });
    expect(await on.call('GET /v1/models/{name}/aliases/{alias}', champion)).toMatchObject({
      headers: { etag: '"2"' },
      body: { version: '2' },
    });
  });
  it('says nothing where it already points there', async () => {
    const on = await withVersions(1);
    await assign(on, 'champion', '1');
    expect(await assign(on, 'champion', '1')).toMatchObject({ status: 200, headers: { etag: '"1"' } });
    expect(on.says().filter((name) => name === 'alias-assigned')).toHaveLength(1);
  });
  it('goes to exactly one of two writers who saw the same', async () => {
    const on = await withVersions(3);
    await assign(on, 'champion', '1');
    const both = await Promise.all(['2', '3'].map((version) => assign(on, 'champion', version, { 'if-match': '"1"' })));
    expect(both.map(({ status }) => status).sort()).toEqual([200, 412]);
  });
  it('is given to the later of two writers who state nothing', async () => {
    const on = await withVersions(3);
    const both = await Promise.all(['2', '3'].map((version) => assign(on, 'champion', version)));
    expect(both.map(({ status }) => status)).toEqual([200, 200]);
  });
  it('cannot be matched before it exists', async () => {
    const on = await withVersions(1);
    for (const etag of ['*', '"0"']) expect((await assign(on, 'champion', '1', { 'if-match': etag })).status).toBe(412);
    expect((await assign(on, 'champion', '1', { 'if-none-match': '*' })).status).toBe(200);
    expect((await assign(on, 'champion', '1', { 'if-none-match': '*' })).status).toBe(412);
  });
  it('does not meet an unknown version or model', async () => {
    const on = await withVersions(1);
    expect(await assign(on, 'champion', '9')).toMatchObject({ status: 404, body: { code: 'version-not-found' } });
    const elsewhere = await on.call('PUT /v1/models/{name}/aliases/{alias}', { name: 'x', alias: 'a' }, { body: { version: '1' } });
    expect(elsewhere).toMatchObject({ status: 404, body: { code: 'model-not-found' } });
  });
  it('is removed, and then not there', async () => {
    const on = await withVersions(1);
    await assign(on, 'champion', '1');
    expect((await on.call('DELETE /v1/models/{name}/aliases/{alias}', champion, { headers: { 'if-match': '"7"' } })).status).toBe(412);
    expect((await on.call('DELETE /v1/models/{name}/aliases/{alias}', champion)).status).toBe(204);
    expect((await on.call('DELETE /v1/models/{name}/aliases/{alias}', champion)).status).toBe(404);
  });
  it('cannot be removed while an endpoint follows it', async () => {
    const on = await withVersions(1);
    await assign(on, 'champion', '1');
    await deploy(on, { alias: 'champion' });
    const answer = await on.call('DELETE /v1/models/{name}/aliases/{alias}', champion);
    expect(answer).toMatchObject({ status: 409, body: { code: 'alias-in-use', endpoints: ['reader'] } });
  });
  it('is never removed under an endpoint that begins to follow it', async () => {
    for (let round = 0; round < 20; round++) {
      const on = await withVersions(1);
      await assign(on, 'champion', '1');
      const removal = on.call('DELETE /v1/models/{name}/aliases/{alias}', champion);
      const [removed, deployed] = await Promise.all([removal, deploy(on, { alias: 'champion' })]);
      expect([removed.status === 204, deployed.status === 202]).not.toEqual([true, true]);
    }
  });
});

describe('the history of a model', () => {
  it('tells how its aliases moved, in the order of time', async () => {
    const on = await withVersions(2);
    await assign(on, 'champion', '1');
    await assign(on, 'shadow', '2');
    await assign(on, 'champion', '2');
    const history = await on.call('GET /v1/models/{name}/history', digits, { query: { limit: '2' } });
    expect(history.body).toMatchObject({
      data: [
        { type: 'alias-assigned', by: 'key:ada', alias: 'champion', version: '1' },
        { alias: 'shadow', version: '2' },
      ],
      next: expect.any(String),
    });
  });
  it('tells where they pointed at any time, the moment of a move included', async () => {
    const on = await withVersions(2);
    await assign(on, 'champion', '1');
    await assign(on, 'champion', '2');
    await on.call('DELETE /v1/models/{name}/aliases/{alias}', { ...digits, alias: 'champion' });
    const moves = member(await on.call('GET /v1/models/{name}/history', digits), 'data') as { at: string }[];
    const then = await Promise.all(
      ['2025-12-31T23:59:59Z', ...moves.map(({ at }) => at)].map((at) =>
        on.call('GET /v1/models/{name}/history', digits, { query: { at } }),
      ),
    );
    expect(then.map((answer) => member(answer, 'aliases'))).toEqual([{}, { champion: '1' }, { champion: '2' }, {}]);
  });
  it('takes a time with any offset and answers in UTC', async () => {
    const on = await withVersions(1);
    const answer = await on.call('GET /v1/models/{name}/history', digits, { query: { at: '2026-01-02T01:00:00+01:00' } });
    expect(answer.body).toEqual({ at: '2026-01-02T00:00:00.000Z', aliases: {} });
  });
});
