import { expect, it } from 'vitest';
import { everyUploadSweep } from '../../functions/models/every-upload-sweep.ts';
import { systemClock } from '../system/system-clock.ts';
import { blobObjectStore } from './object-store.ts';
import { identifiedClient, makeContainer } from './test-azurite.ts';

const { client } = identifiedClient();
const [hostile, other] = ['uploads/acme/01ARZ3NDEKTSV4RRFFQ69G5FAV', 'uploads/zeta/01ARZ3NDEKTSV4RRFFQ69G5FAW'];
const version = { 'x-ms-version': '2022-11-02' };

/** What the holder of a URL to put to does beside putting. */
const leave = async (put: (query: string, headers: Record<string, string>) => Promise<Response>, ways: readonly string[]) => {
  expect((await put('', { 'x-ms-blob-type': 'BlockBlob' })).status).toBe(201);
  if (ways.includes('snapshot')) expect((await put('&comp=snapshot', version)).status).toBe(201);
  const leased = { ...version, 'x-ms-lease-action': 'acquire', 'x-ms-lease-duration': '-1' };
  if (ways.includes('lease')) expect((await put('&comp=lease', leased)).status).toBe(201);
};

it.each([[['snapshot']], [['lease']], [['snapshot', 'lease']]])(
  'what was uploaded goes, whatever its uploader did there: %j',
  async (ways) => {
    const store = blobObjectStore({ client: client(), containerUrl: await makeContainer(), clock: systemClock });
    await store.put(other, new Blob(['left']).stream());
    const url = await store.presign('PUT', hostile, 3600);
    await leave((query, headers) => fetch(`${url}${query}`, { method: 'PUT', headers, ...(query === '' ? { body: 'x' } : {}) }), ways);
    await everyUploadSweep({ artifacts: store, clock: { now: () => new Date(Date.now() + 2 * 3600_000) } } as never);
    expect(await store.list('')).toEqual({ items: [], next: null });
    await store.delete(hostile);
  },
);
