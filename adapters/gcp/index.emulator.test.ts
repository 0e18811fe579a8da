import { randomUUID } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import type { GcpCloud } from '../../functions/entries/gcp/cloud.ts';
import { chunks, contentOf, succeeded } from '../conformance/object-store-harness.ts';
import { openCloud } from './index.ts';
import { makeBucket } from './test-buckets.ts';
import { emulatorClient, emulatorEnvironment, testCollection, testIdentity } from './test-emulator.ts';
import { makeTopic } from './test-subscriptions.ts';

describe('Google Cloud, opened from the environment of a function', () => {
  it('has every port where the environment says', async () => {
    const client = emulatorClient();
    const cloud: GcpCloud = openCloud(
      {
        ...emulatorEnvironment(),
        HYBRID_TABLE_MODELS_REGISTRY: testCollection(),
        HYBRID_OBJECTS_PLATFORM_LARGE_EVENTS: await makeBucket(client),
        HYBRID_QUEUE_MODELS_CHORES: await makeTopic(client),
        HYBRID_BUS: await makeTopic(client),
        HYBRID_DEAD_LETTERS: testCollection(),
      },
      { identity: testIdentity },
    );
    const [table, objects] = [cloud.table('models.registry', { changes: true }), cloud.objects('platform.large-events')];
    expect(await table.put({ pk: 'acme#a', sk: '1', version: 1 }, 'absent')).toEqual({ written: true });
    const changes = await cloud.doorbell.reading('models.registry', 'acme#a')(undefined, 10);
    expect(changes.map(({ item }) => item)).toEqual([{ pk: 'acme#a', sk: '1', version: 1 }]);
    succeeded(await objects.put('a', chunks('content')));
    expect(await contentOf(objects, 'a')).toBe('content');
    const policy = { attempts: 5, visibilitySeconds: 10, batchSize: 1, backoff: { baseSeconds: 1, maxSeconds: 1 } };
    await cloud.queue('models.chores', policy).send([{ body: 1 }]);
    await cloud.bus.publish([]);
    const letter = {
      id: randomUUID(),
      source: 'models.chores',
      tenant: 'acme',
      body: 1,
      reason: 'r',
      attempts: 5,
      diedAt: new Date().toISOString(),
    };
    await cloud.bury({ ...letter, deadLetterQueue: 's', queue: 't', message: '1' });
    expect((await cloud.deadLetters.list({ tenant: 'acme' })).items).toEqual([letter]);
  });
});
