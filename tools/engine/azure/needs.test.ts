import { describe, expect, it } from 'vitest';
import { type Call, type Needs, ofBlobs, ofCosmos, ofQueues, ofTopic, ofVault } from './needs.ts';

const call = (method: string, path: string, more: Partial<Call> = {}): Call => {
  const { pathname, searchParams } = new URL(path, 'https://a.example');
  return { method, segments: pathname.split('/').filter(Boolean), query: searchParams, headers: {}, ...more };
};
/** The last parts of what a call needs. */
const asked = (needs: Needs, ...of: Parameters<typeof call>) =>
  needs('id', call(...of))?.map(
    ({ anyOf, scope }) =>
      `${anyOf.map((all) => all.map((one) => one.split('/').slice(4).join('/')).join(' and ')).join(' or ')} on ${scope}`,
  );

describe('what a call needs', () => {
  it('of blobs is on their container', () => {
    expect(asked(ofBlobs, 'GET', '/artifacts/a/b')).toEqual(['blobs/read on id/blobServices/default/containers/artifacts']);
    expect(asked(ofBlobs, 'PUT', '/artifacts/a?comp=block')).toEqual(['blobs/write on id/blobServices/default/containers/artifacts']);
    expect(asked(ofBlobs, 'GET', '/artifacts?restype=container&comp=list')).toEqual([
      'blobs/read on id/blobServices/default/containers/artifacts',
    ]);
    expect(asked(ofBlobs, 'PUT', '/artifacts?restype=container')).toBeUndefined();
  });

  it('of a key to sign URLs with is on the account', () =>
    expect(ofBlobs('id', call('POST', '/?restype=service&comp=userdelegationkey'))?.map(({ scope }) => scope)).toEqual(['id']));

  it('of queues is on the queue, and to receive there are two ways', () => {
    const queue = 'id/queueServices/default/queues/jobs';
    expect(asked(ofQueues, 'POST', '/jobs/messages')).toEqual([`messages/add/action or messages/write on ${queue}`]);
    expect(asked(ofQueues, 'GET', '/jobs/messages')).toEqual([`messages/process/action or messages/delete and messages/read on ${queue}`]);
    expect(asked(ofQueues, 'PUT', '/jobs/messages/1')).toEqual([`messages/write on ${queue}`]);
    expect(asked(ofQueues, 'PUT', '/jobs')).toBeUndefined();
  });

  it('of items is on their container, each action of a batch apart', () => {
    const docs = '/dbs/platform/colls/things/docs';
    const on = 'id/dbs/platform/colls/things';
    const verbs = (...of: Parameters<typeof call>) =>
      ofCosmos('id', call(...of))?.map(({ anyOf, scope }) => [anyOf[0]?.[0]?.split('/').at(-1), scope]);
    expect(verbs('POST', docs)).toEqual([['create', on]]);
    expect(verbs('POST', docs, { headers: { 'x-ms-documentdb-is-upsert': 'true' } })).toEqual([['upsert', on]]);
    expect(verbs('POST', docs, { headers: { 'x-ms-documentdb-isquery': 'true' } })).toEqual([['executeQuery', on]]);
    expect(verbs('GET', docs, { headers: { 'a-im': 'Incremental feed' } })).toEqual([['readChangeFeed', on]]);
    const body = JSON.stringify([{ operationType: 'Create' }, { operationType: 'Patch' }, { operationType: 'Create' }]);
    expect(verbs('POST', docs, { headers: { 'x-ms-cosmos-is-batch-request': 'true' }, body })).toEqual([
      ['create', on],
      ['replace', on],
    ]);
    expect(verbs('GET', '/dbs/platform/colls/things/pkranges')).toEqual([['readMetadata', on]]);
    expect(verbs('POST', '/dbs/platform/colls')).toBeUndefined();
    expect(verbs('GET', docs)).toBeUndefined();
  });

  it('of topics and vaults is on the topic and on the secret', () => {
    expect(ofTopic('id', call('POST', '/api/events'))?.map(({ scope }) => scope)).toEqual(['id']);
    expect(ofVault('id', call('PUT', '/secrets/identity'))?.[0]).toMatchObject({
      anyOf: [['Microsoft.KeyVault/vaults/secrets/setSecret/action']],
      scope: 'id/secrets/identity',
    });
    expect(ofVault('id', call('GET', '/keys/one'))).toBeUndefined();
  });
});
