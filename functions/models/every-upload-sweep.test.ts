import { describe, expect, it } from 'vitest';
import { everyUploadSweep } from './every-upload-sweep.ts';

const now = new Date('2026-11-21T12:00:00.000Z');

const storeOf = (objects: { [key: string]: string }) => ({
  list: async (prefix: string) => ({
    items: Object.entries(objects)
      .filter(([key]) => key.startsWith(prefix))
      .map(([key, modifiedAt]) => ({ key, modifiedAt, sizeBytes: 1, etag: 'e', contentType: 'application/octet-stream' })),
    next: null,
  }),
  delete: async (key: string) => {
    delete objects[key];
  },
});

describe('the sweep of uploads', () => {
  it('removes what was left long ago, and neither what may still be coming nor any artifact', async () => {
    const objects = {
      'uploads/acme/old': '2026-11-21T10:59:59.000Z',
      'uploads/acme/new': '2026-11-21T11:30:00.000Z',
      'acme/sha256/ab': '2026-01-01T00:00:00.000Z',
    };
    await everyUploadSweep({ artifacts: storeOf(objects) as never, clock: { now: () => now } });
    expect(Object.keys(objects)).toEqual(['uploads/acme/new', 'acme/sha256/ab']);
  });

  it('removes what is left of others where one cannot be removed, and fails at the end with all that failed', async () => {
    const objects = Object.fromEntries(['a', 'm', 'n', 'z'].map((tenant) => [`uploads/${tenant}/old`, '2026-11-21T10:00:00.000Z']));
    const store = storeOf(objects);
    const artifacts = {
      ...store,
      delete: async (key: string) => {
        if (/uploads\/[mn]/.test(key)) throw new TypeError('it is leased');
        await store.delete(key);
      },
    };
    await expect(everyUploadSweep({ artifacts: artifacts as never, clock: { now: () => now } })).rejects.toThrow(
      '2 uploads could not be removed: uploads/m/old: it is leased; uploads/n/old: it is leased',
    );
    expect(Object.keys(objects)).toEqual(['uploads/m/old', 'uploads/n/old']);
  });
});
