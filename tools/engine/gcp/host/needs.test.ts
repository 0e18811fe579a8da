import { describe, expect, it } from 'vitest';
import { type ApiCall, needsOf } from './needs.ts';

const asked = async (method: string, url: string, { json, there = false }: { json?: unknown; there?: boolean } = {}) => {
  const { host, pathname, searchParams } = new URL(url);
  const call: ApiCall = { host, method, path: pathname, query: searchParams, json };
  return (await needsOf(call, async () => there))?.map(({ permission, resource }) => `${permission} ${resource}`);
};

const documents = 'https://firestore.googleapis.com/v1/projects/p/databases/d/documents';
const bucket = 'https://storage.googleapis.com/storage/v1/b/b/o';

describe('a call of an API of Google', () => {
  it('needs of Firestore what each write of it does', async () => {
    const writes = [
      { update: {}, currentDocument: { exists: false } },
      { update: {}, currentDocument: { updateTime: 'then' } },
      { update: {} },
      { delete: 'x' },
    ];
    expect(await asked('POST', `${documents}:commit`, { json: { writes } })).toEqual(
      ['create', 'update', 'create', 'update', 'delete'].map((verb) => `datastore.entities.${verb} database:d`),
    );
    expect(await asked('POST', `${documents}:runQuery`)).toEqual([
      'datastore.entities.get database:d',
      'datastore.entities.list database:d',
    ]);
  });

  it('needs to delete what it overwrites, unless it overwrites nothing', async () => {
    const upload = 'https://storage.googleapis.com/upload/storage/v1/b/b/o?uploadType=multipart';
    const named = { json: { name: 'one' } };
    expect(await asked('POST', upload, named)).toEqual(['storage.objects.create bucket:b']);
    expect(await asked('POST', upload, { ...named, there: true })).toEqual([
      'storage.objects.create bucket:b',
      'storage.objects.delete bucket:b',
    ]);
    expect(await asked('POST', `${upload}&ifGenerationMatch=0`, { ...named, there: true })).toEqual(['storage.objects.create bucket:b']);
    expect(await asked('POST', `${bucket}/one/compose`, { there: false })).toEqual([
      'storage.objects.create bucket:b',
      'storage.objects.get bucket:b',
    ]);
  });

  it('needs what its signed URL is for', async () => {
    const url = 'https://storage.googleapis.com/b/one?X-Goog-Signature=00';
    expect(await asked('GET', url)).toEqual(['storage.objects.get bucket:b']);
    expect(await asked('PUT', url)).toEqual(['storage.objects.create bucket:b']);
    expect(await asked('GET', 'https://storage.googleapis.com/b/one')).toBeUndefined();
  });

  it('is of a topic, a secret or an account', async () => {
    const secret = 'https://secretmanager.googleapis.com/v1/projects/p/secrets/s';
    expect(await asked('POST', 'https://pubsub.googleapis.com/v1/projects/p/topics/t:publish')).toEqual([
      'pubsub.topics.publish topic:projects/p/topics/t',
    ]);
    expect(await asked('GET', `${secret}/versions/latest:access`)).toEqual(['secretmanager.versions.access secret:projects/p/secrets/s']);
    expect(await asked('POST', `${secret}:addVersion`)).toEqual(['secretmanager.versions.add secret:projects/p/secrets/s']);
    expect(await asked('POST', 'https://iamcredentials.googleapis.com/v1/projects/-/serviceAccounts/a@b:signBlob')).toEqual([
      'iam.serviceAccounts.signBlob account:a@b',
    ]);
  });

  it('that nobody knows here is told apart from one that needs nothing', async () => {
    expect(await asked('POST', `${documents}:listen`)).toBeUndefined();
    expect(await asked('DELETE', 'https://pubsub.googleapis.com/v1/projects/p/topics/t')).toBeUndefined();
    expect(await asked('GET', 'https://elsewhere.googleapis.com/v1/x')).toBeUndefined();
  });
});
