import { describe, expect, it } from 'vitest';
import { testDoorbell } from '../doorbell/test-doorbell.ts';
import { thingMade as event, testThings } from '../doorbell/test-things.ts';
import { everyPeriod } from './cron.ts';
import { registerAll, testApp, testAzure } from './test-azure.ts';

const environment = {
  HYBRID_SUBSCRIPTIONS: '{"things-events": ["things.thing-made", "things.every-thing"], "others-events": ["others.one"]}',
  HYBRID_QUEUE_THINGS_JOBS: 'https://account.queue.core.windows.net/things-jobs',
  HYBRID_TABLE_THINGS_FACTS: 'things-facts',
  HYBRID_COSMOS_DATABASE: 'platform',
  HYBRID_COSMOS_LEASES: 'leases',
  HYBRID_OBJECTS_PLATFORM_UNDELIVERED: 'https://account.blob.core.windows.net/undelivered',
};

const world = () => {
  const { table, bound, ...known } = testThings();
  const blobs = new Map<string, string>();
  const objects = () =>
    ({
      list: async () => ({ items: [...blobs.keys()].map((key) => ({ key })), next: null }),
      get: async (key: string) => ({ body: new Blob([blobs.get(key) ?? '']).stream() }),
      delete: async (key: string) => void blobs.delete(key),
    }) as never;
  const azure = testAzure(() => table, environment, { doorbell: testDoorbell(() => table.changes()), objects });
  const on = testApp();
  registerAll(on.app, bound, azure);
  return { ...azure, ...on, ...known, table, blobs };
};

describe('an app', () => {
  it('has one function for each of its sources', () => {
    const { names, registered } = world();
    expect(names('http')).toEqual(['http']);
    expect(names('storageQueue')).toEqual([
      ...['events-things-events', 'work-things-jobs'],
      ...['dead-letters-things-events', 'dead-letters-others-events', 'dead-letters-things-jobs'],
    ]);
    expect(names('cosmosDB')).toEqual(['changes-things-facts']);
    expect(names('timer')).toEqual(['schedule-things-tidy', 'sweep', 'undelivered']);
    expect(registered.find(({ kind }) => kind === 'setup')?.options).toEqual({ enableHttpStream: true });
    expect(new Set(registered.map(({ name }) => name)).size).toBe(registered.length);
  });

  it('answers requests, malformed ones too', async () => {
    const { ask } = world();
    const post = (body: string) =>
      ask('https://x.azurewebsites.net/v1/things', { method: 'POST', body, headers: { 'content-type': 'application/json' } });
    expect(await (await post('{"n": 1}')).json()).toEqual({ n: 2 });
    expect(await (await post('{"n"')).json()).toMatchObject({ status: 400, code: 'malformed-json' });
    expect((await ask('https://x.azurewebsites.net/v1/nothing')).status).toBe(404);
  });

  it('tells in the line of a request, and of a sweep, what the database charged since the line before', async () => {
    const { ask, call, lines, cloud } = world();
    const charges = [8.05, 3];
    Object.assign(cloud, { takeRequestUnits: () => charges.shift() ?? 0 });
    await ask('https://x.azurewebsites.net/v1/things', {
      method: 'POST',
      body: '{"n": 1}',
      headers: { 'content-type': 'application/json' },
    });
    await call('sweep', {});
    expect(lines.flatMap(({ fields }) => fields?.request_units ?? [])).toEqual([8.05, 3]);
  });
});

describe('events in a queue', () => {
  it('are told to every subscriber that they are for', async () => {
    const { deliver, done } = world();
    await deliver('things-events', event);
    await deliver('things-events', JSON.stringify({ ...event, id: '2', type: 'gone.v1' }));
    expect(done.toSorted()).toEqual(['every-thing 1', 'every-thing 2', 'thing-made 1']);
  });

  it('fail the call where a subscriber failed, and are hidden the longer the oftener', async () => {
    const { deliver, broken, done, deeds } = world();
    broken.add('thing-made');
    for (let count = 0; count < 100; count++)
      await expect(deliver('things-events', event, { dequeueCount: 5 })).rejects.toThrow('thing-made 1 is broken');
    expect(done[0]).toBe('every-thing 1');
    const seconds = deeds.postponed.map((one) => one.seconds);
    expect(deeds.postponed[0]).toMatchObject({ queue: 'things-events', receipt: { id: 'm', popReceipt: 'receipt-m' } });
    expect([Math.max(...seconds) > 8, Math.max(...seconds) <= 16]).toEqual([true, true]);
    expect(deeds.poisoned).toEqual([]);
  });

  it('are given up after the last attempt, with why, and done', async () => {
    const { deliver, broken, deeds } = world();
    broken.add('thing-made');
    await deliver('things-events', event, { dequeueCount: 8 });
    const given = { id: 'm', attempts: 8, reason: 'TypeError: thing-made 1 is broken' };
    expect(deeds.poisoned.map(({ queue, message }) => [queue, JSON.parse(message)])).toEqual([
      ['things-events', { givenUp: given, message: event }],
    ]);
  });

  it('come again where they cannot be given up', async () => {
    const { deliver, broken, cloud } = world();
    broken.add('thing-made');
    Object.assign(cloud, { poison: () => Promise.reject(new TypeError('throttled')) });
    await expect(deliver('things-events', event, { dequeueCount: 9 })).rejects.toThrow('throttled');
  });
});

describe('messages in a queue', () => {
  it('are handed to the worker, with how often they were', async () => {
    const { deliver, messages } = world();
    await deliver('things-jobs', { id: 'x', body: { n: 1 } }, { id: 'a', dequeueCount: 2 });
    expect(messages).toEqual([{ id: 'a', body: { n: 1 }, attempt: 2 }]);
  });

  it('come again where the worker says so, by the policy of their queue', async () => {
    const { deliver, broken, deeds } = world();
    broken.add('jobs');
    await expect(deliver('things-jobs', { body: 1 }, { dequeueCount: 2 })).rejects.toThrow('work-failed');
    await deliver('things-jobs', { body: 1 }, { dequeueCount: 3 });
    expect([deeds.postponed.length, deeds.poisoned.length]).toEqual([1, 1]);
  });
});

describe('a change feed', () => {
  it('rings for the partitions of its documents, each drained once', async () => {
    const { call, done, table } = world();
    for (const [pk, sk] of [
      ['acme#a', '1'],
      ['acme#a', '2'],
      ['acme#b', '3'],
      ['acme#c', '4'],
    ] as const)
      await table.put({ pk, sk });
    await call('changes-things-facts', [{ pk: 'acme#a' }, { pk: 'acme#a' }, { pk: 'acme#b' }, { nothing: 1 }]);
    expect(done.toSorted()).toEqual(['fold 1', 'fold 2', 'fold 3']);
    await call('sweep', {});
    expect(done.at(-1)).toBe('fold 4');
  });

  it('is read again without end where a change could not be handled', async () => {
    const { call, broken, table, registered } = world();
    broken.add('fold');
    await table.put({ pk: 'acme#a', sk: '1' });
    await expect(call('changes-things-facts', [{ pk: 'acme#a' }])).rejects.toThrow('fold 1 is broken');
    expect(registered.find(({ kind }) => kind === 'cosmosDB')?.options).toMatchObject({
      ...{ containerName: 'things-facts', leaseContainerName: 'leases', databaseName: 'platform', connection: 'HYBRID_COSMOS' },
      ...{ startFromBeginning: true, retry: { maxRetryCount: -1 } },
    });
  });
});

describe('schedules', () => {
  it('run by their timers', async () => {
    const { call, done, registered } = world();
    await call('schedule-things-tidy', {});
    expect(done).toEqual(['tidy']);
    expect(registered.find(({ name }) => name === 'schedule-things-tidy')?.options.schedule).toBe('0 0 */1 * * *');
  });
  it('are refused where a timer cannot keep them', () => {
    expect([60, 300, 3600, 86_400].map(everyPeriod)).toEqual(['0 */1 * * * *', '0 */5 * * * *', '0 0 */1 * * *', '0 0 0 * * *']);
    for (const seconds of [1, 90, 420, 5400, 172_800]) expect(() => everyPeriod(seconds)).toThrow('invalid-period');
  });
});

describe('what was given up', () => {
  it('is kept with what is known of it, whoever put it into the poison queue', async () => {
    const { deliver, buried } = world();
    const given = { id: 'original', attempts: 8, reason: 'because' };
    await deliver('others-events-poison', { givenUp: given, message: event }, { id: 'p' });
    await deliver('things-jobs-poison', { id: 'x', body: { tenant: 'zeta' } }, { id: 'q' });
    await deliver('things-jobs-poison', 'no json', { id: 'r' });
    expect(buried).toMatchObject([
      { ...given, source: 'others.one', queue: 'others-events', tenant: 'acme', body: event, message: JSON.stringify(event) },
      { id: 'q', source: 'things.jobs', queue: 'things-jobs', tenant: 'zeta', body: { tenant: 'zeta' }, attempts: 1 },
      { id: 'r', tenant: 'platform', body: 'no json', message: 'no json' },
    ]);
  });

  it('stays in its queue where it cannot be kept', async () => {
    const { deliver, cloud, deeds } = world();
    Object.assign(cloud, { bury: () => Promise.reject(new TypeError('throttled')) });
    await expect(deliver('things-jobs-poison', { body: 1 }, { dequeueCount: 1000 })).rejects.toThrow('throttled');
    expect(deeds.poisoned).toEqual([]);
  });

  it('is kept also where Event Grid could not deliver it', async () => {
    const { call, buried, blobs } = world();
    const told = { deadletterreason: 'MaxDeliveryAttemptsExceeded', deliveryattempts: 4, lastdeliveryoutcome: 'NotFound' };
    const at = { publishtime: '2026-11-21T11:00:00.000Z', lastdeliveryattempttime: '2026-11-21T12:00:00.000Z' };
    blobs.set('OTHERS-EVENTS/2026/11/21/12/one.json', JSON.stringify([{ ...event, ...told, ...at }]));
    await call('undelivered', {});
    expect(buried).toMatchObject([
      {
        ...{ source: 'others.one', queue: 'others-events', body: event, tenant: 'acme', attempts: 4 },
        ...{ reason: 'MaxDeliveryAttemptsExceeded: NotFound', diedAt: '2026-11-21T12:00:00.000Z' },
      },
    ]);
    expect(blobs.size).toBe(0);
  });
});
