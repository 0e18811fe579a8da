import { describe, expect, it } from 'vitest';
import type { GcpCloud } from '../../functions/entries/gcp/cloud.ts';
import { rejection } from '../conformance/harness.ts';
import { sparesWhatIsHeavy } from '../conformance/spared-ports.ts';
import { inspectingModels, openCloud, openCloudWith } from './index.ts';

const policy = { attempts: 5, visibilitySeconds: 10, batchSize: 1, backoff: { baseSeconds: 1, maxSeconds: 1 } };

async function* partitions(): AsyncGenerator<string> {
  yield 'acme#usage';
}

describe('Google Cloud from the environment of a function', () => {
  it('opens with nothing in it, and says what is missing once that is used', async () => {
    const cloud: GcpCloud = openCloud({});
    const uses = [
      cloud.table('models.registry', { changes: true }).get({ pk: 'a', sk: 'b' }),
      cloud.objects('models.artifacts').get('a'),
      cloud.queue('models.chores', policy).send([]),
      cloud.bus.publish([]),
      cloud.deadLetters.list({}),
      cloud.modelHost.inspect('a'),
      cloud.settled('billing.usage', partitions()),
      cloud.doorbell.reading('models.registry', 'acme#a')(undefined, 1),
      cloud.doorbell.progress.get('models.registry', 'acme#a'),
    ];
    expect(await Promise.all(uses.map(rejection))).toEqual(uses.map(() => ({ failure: 'unavailable', code: 'resource-unknown' })));
  });

  it('has changes drained by the function whose work that is, as itself', async () => {
    const asked: unknown[] = [];
    const send = (async (url: string, { headers, body }: { headers: Record<string, string>; body: string }) => {
      asked.push([url, headers.authorization, JSON.parse(body)]);
      return new Response(null, { status: asked.length === 1 ? 503 : 204 });
    }) as unknown as typeof fetch;
    const identity = {
      accessToken: async () => 'access',
      identityToken: async (audience: string) => `for ${audience}`,
      email: async () => 'a@b.c',
      forget: () => undefined,
    };
    const backoff = { attempts: 6, baseMillis: 1, maxMillis: 1, random: () => 0, wait: async () => undefined };
    const cloud = openCloud({ HYBRID_DRAIN_URL: 'https://changes.example/drain' }, { fetch: send, identity, backoff });
    await cloud.settled('billing.usage', partitions());
    const request = [
      'https://changes.example/drain',
      'Bearer for https://changes.example',
      { table: 'billing.usage', partitions: ['acme#usage'] },
    ];
    expect(asked).toEqual([request, request]);
  });

  it('says that changes are not settled where they cannot be drained', async () => {
    const send = (async () => new Response('no', { status: 500 })) as unknown as typeof fetch;
    const identity = { accessToken: async () => '', identityToken: async () => '', email: async () => '', forget: () => undefined };
    const backoff = { attempts: 6, baseMillis: 1, maxMillis: 1, random: () => 0, wait: async () => undefined };
    const cloud = openCloud({ HYBRID_DRAIN_URL: 'https://changes.example/drain' }, { fetch: send, identity, backoff });
    expect(await rejection(cloud.settled('billing.usage', partitions()))).toEqual({ failure: 'unavailable', code: 'changes-not-settled' });
  });

  sparesWhatIsHeavy(
    () => openCloudWith({})({}),
    () => openCloudWith(inspectingModels)({}),
  );
});
