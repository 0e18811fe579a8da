import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import * as z from 'zod';
import { inMemoryTable } from '../../../adapters/conformance/in-memory-table.ts';
import { context } from '../../kernel/context.ts';
import { httpFunction } from './http-function.ts';
import { carriedBytes } from './limits.ts';
import { type Signer, startSigner, testGoogle } from './test-google.ts';

const answers = { 200: z.object({}) };
const things = context('things', {
  describes: 'Things',
  routes: {
    'GET /v1/things': { does: 'show', summary: 's', permission: 'public', answers, limit: { body: '1 KiB', time: '5 s' }, uses: {} },
    'GET /v1/large': { does: 'large', summary: 's', permission: 'public', answers, limit: { body: '1 KiB', time: '5 s' }, uses: {} },
    'PUT /v1/things': {
      ...{ does: 'keep', summary: 's', permission: 'public', answers, uses: {} },
      ...{ body: { stream: '*/*' }, limit: { body: '1 GiB', time: '5 s' } },
    },
  },
});

let signer: Signer;
beforeAll(async () => {
  signer = await startSigner();
});
afterAll(() => signer.stop());

const world = (environment = {}) => {
  const google = testGoogle(signer, () => inMemoryTable(), environment);
  const handlers = {
    show: async () => ({ status: 200, body: {} }),
    large: async () => {
      const stream = new ReadableStream({ type: 'bytes', pull: (controller) => controller.close() });
      return { status: 200, stream, headers: { 'content-length': String(carriedBytes + 1) } };
    },
    keep: async ({ body }: { body: ReadableStream<Uint8Array> }) => {
      let bytes = 0;
      for await (const chunk of body) bytes += chunk.length;
      return { status: 200, body: { bytes } };
    },
  };
  const app = httpFunction([{ declaration: things as never, handlers }], google);
  const ask = async (path: string, init: RequestInit = {}) => app(new Request(`https://x.run.app${path}`, init));
  return { ...google, ask };
};

describe('a function of requests', () => {
  it('answers what its contexts have routes for', async () => {
    const { ask } = world();
    expect((await ask('/v1/things')).status).toBe(200);
    expect((await ask('/v1/nothing')).status).toBe(404);
  });

  it('refuses a body that a call cannot carry, announced or not', async () => {
    const { ask } = world();
    const announced = await ask('/v1/things', { method: 'PUT', body: 'x', headers: { 'content-length': String(carriedBytes + 1) } });
    expect([announced.status, ((await announced.json()) as { code: string }).code]).toEqual([413, 'body-too-large']);
    let left = carriedBytes / 1024 ** 2 + 1;
    const body = new ReadableStream<Uint8Array>({
      pull: (controller) => (left-- > 0 ? controller.enqueue(new Uint8Array(1024 ** 2)) : controller.close()),
    });
    const streamed = await ask('/v1/things', { method: 'PUT', body, duplex: 'half' } as RequestInit);
    expect(streamed.status).toBe(413);
  });

  it('streams what it can carry', async () => {
    const { ask } = world();
    const body = new Uint8Array(carriedBytes);
    expect(await (await ask('/v1/things', { method: 'PUT', body })).json()).toEqual({ bytes: carriedBytes });
  });

  it('sends a large answer in chunks', async () => {
    const answer = await world().ask('/v1/large');
    expect([answer.status, answer.headers.get('content-length')]).toEqual([200, null]);
  });
});
