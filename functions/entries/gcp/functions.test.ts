import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { testDoorbell } from '../doorbell/test-doorbell.ts';
import { thingMade as event, testThings } from '../doorbell/test-things.ts';
import { changesFunction } from './changes-function.ts';
import { deadLettersFunction } from './dead-letters-function.ts';
import { eventsFunction } from './events-function.ts';
import { queuesFunction } from './queues-function.ts';
import { schedulesFunction } from './schedules-function.ts';
import { called, pushed, type Signer, startSigner, testGoogle } from './test-google.ts';

let signer: Signer;
beforeAll(async () => {
  signer = await startSigner();
});
afterAll(() => signer.stop());

const json = { 'content-type': 'application/json' };
const world = (more: Record<string, string> = {}) => {
  const { table, bound, ...known } = testThings();
  const environment = { HYBRID_QUEUE_THINGS_JOBS: 'projects/p/topics/jobs', HYBRID_BUS: 'projects/p/topics/bus', ...more };
  const google = testGoogle(signer, () => table, environment, { doorbell: testDoorbell(() => table.changes()) });
  const functions = {
    events: eventsFunction(bound, google),
    queues: queuesFunction(bound, google),
    schedules: schedulesFunction(bound, google),
    changes: changesFunction(bound, google),
    'dead-letters': deadLettersFunction(google),
  };
  const call = async (unit: keyof typeof functions, path: string, body?: unknown, headers: Record<string, string> = {}): Promise<number> =>
    (await functions[unit](called(signer, google.clock.now(), path, body, headers))).status;
  return { ...google, ...known, table, functions, call };
};

describe('a function that the cloud calls', () => {
  it('answers nobody without a token for it, and does nothing', async () => {
    const { functions, done } = world();
    for (const authorization of ['', 'Bearer x.y.z', `Bearer ${signer.token({ iss: 'https://accounts.google.com' })}`]) {
      const body = JSON.stringify(pushed(event));
      const response = await functions.events(new Request('https://x/events/things', { method: 'POST', headers: { authorization }, body }));
      expect(response.status).toBe(401);
      expect(response.headers.get('content-type')).toBe('application/problem+json');
    }
    expect(done).toEqual([]);
  });

  it('answers nobody who made up a token beside the one that Cloud Run looked at', async () => {
    const { done, clock, ...rest } = world({ HYBRID_INVOKERS: 'checked' });
    const made = called(signer, clock.now(), '/events/things', pushed(event));
    const authorization = String(made.headers.get('authorization')).replace(/[^.]+$/, 'SIGNATURE_REMOVED_BY_GOOGLE');
    const ask = async (more: object) => rest.functions.events(new Request(made.clone(), { headers: { ...json, authorization, ...more } }));
    expect((await ask({ 'x-serverless-authorization': 'Bearer x.y.z' })).status).toBe(401);
    expect(done).toEqual([]);
    expect((await ask({})).status).toBe(204);
  });

  it('is called again where its path, its body or its sender is none that is known', async () => {
    const { call } = world();
    expect(await call('events', '/events/others', pushed(event))).toBeGreaterThanOrEqual(400);
    expect(await call('events', '/constructor/things', pushed(event))).toBe(404);
    expect(await call('events', '/events/things', { nothing: true })).toBe(400);
    expect(await call('events', '/events/things', pushed('no json'))).toBe(503);
  });
});

describe('a function of events', () => {
  it('tells the one subscriber of a subscription, or all of a context', async () => {
    const { call, done } = world();
    expect(await call('events', '/events/things.thing-made', pushed(event))).toBe(204);
    expect(done).toEqual(['thing-made 1']);
    await call('events', '/events/things', pushed({ ...event, id: '2', type: 'gone.v1' }));
    expect(done).toEqual(['thing-made 1', 'every-thing 2']);
  });

  it('is called again where a subscriber failed, and lets the others hear it', async () => {
    const { call, done, broken, lines } = world();
    broken.add('thing-made');
    expect(await call('events', '/events/things', pushed(event))).toBe(503);
    expect(done).toEqual(['every-thing 1']);
    expect(lines).toMatchObject([{ level: 'error', message: 'a delivery failed and will be made again' }]);
  });

  it('leaves what is sent again to the subscription that gave it up', async () => {
    const { call, done } = world();
    const again = pushed(event, { attributes: { 'hybrid-redrive': 'things.thing-made' } });
    expect(await call('events', '/events/things.every-thing', again)).toBe(204);
    expect(done).toEqual([]);
    await call('events', '/events/things.thing-made', again);
    expect(done).toEqual(['thing-made 1']);
  });
});

describe('a function of queues', () => {
  it('hands a worker its message, and how often it was delivered', async () => {
    const { call, messages } = world();
    expect(await call('queues', '/queues/things.jobs', pushed({ body: { n: 1 } }, { deliveryAttempt: 3, messageId: 'a' }))).toBe(204);
    await call('queues', '/queues/things.jobs', pushed({ body: 2 }, { messageId: 'b' }));
    expect(messages).toEqual([
      { id: 'a', body: { n: 1 }, attempt: 3 },
      { id: 'b', body: 2, attempt: 1 },
    ]);
  });

  it('is called again where the worker says so', async () => {
    const { call, broken } = world();
    broken.add('jobs');
    expect(await call('queues', '/queues/things.jobs', pushed({ body: 1 }))).toBe(503);
    expect(await call('queues', '/queues/things.others', pushed({ body: 1 }))).toBe(422);
  });
});

describe('a function of schedules', () => {
  it('runs what the scheduler calls, with or without a body', async () => {
    const { call, done } = world();
    expect(await call('schedules', '/schedules/things.tidy')).toBe(204);
    expect(done).toEqual(['tidy']);
    expect(await call('schedules', '/schedules/things.nothing')).toBe(422);
  });
});

describe('a function of changes', () => {
  const rung = { 'ce-document': 'acme#a', 'content-type': 'application/protobuf' };

  it('drains the partition that a document is in', async () => {
    const { call, done, table } = world();
    await table.put({ pk: 'acme#a', sk: '1' });
    await table.put({ pk: 'acme#b', sk: '2' });
    expect(await call('changes', '/changes/things.facts', undefined, rung)).toBe(204);
    expect(done).toEqual(['fold 1']);
  });

  it('drains what is asked for before it answers, and sweeps the rest', async () => {
    const { call, done, table } = world();
    for (const sk of ['1', '2', '3']) await table.put({ pk: `acme#${sk}`, sk });
    expect(await call('changes', '/drain', { table: 'things.facts', partitions: ['acme#1', 'acme#2'] })).toBe(204);
    expect(done.toSorted()).toEqual(['fold 1', 'fold 2']);
    expect(await call('changes', '/sweep')).toBe(204);
    expect(done.at(-1)).toBe('fold 3');
  });

  it('is called again where a change could not be handled', async () => {
    const { call, table, broken } = world();
    broken.add('fold');
    await table.put({ pk: 'acme#a', sk: '1' });
    for (const path of ['/changes/things.facts', '/sweep']) expect(await call('changes', path, undefined, rung)).toBe(503);
    expect(await call('changes', '/drain', { partitions: [] })).toBeGreaterThanOrEqual(400);
  });
});

describe('a function of dead letters', () => {
  it('keeps what subscriptions and queues gave up, with where it can be sent again', async () => {
    const { call, buried } = world();
    const attributes = { CloudPubSubDeadLetterSourceDeliveryCount: '8', CloudPubSubDeadLetterSourceSubscription: 'things-thing-made' };
    expect(await call('dead-letters', '/dead-letters/things.thing-made', pushed(event, { attributes, messageId: 'x' }))).toBe(204);
    await call('dead-letters', '/dead-letters/things.jobs', pushed({ body: { tenant: 'zeta' } }, { messageId: 'y' }));
    await call('dead-letters', '/dead-letters/things.thing-made', pushed('no json', { messageId: 'z' }));
    expect(buried).toMatchObject([
      { id: 'x', source: 'things.thing-made', tenant: 'acme', body: event, attempts: 8, queue: 'projects/p/topics/bus' },
      { id: 'y', source: 'things.jobs', tenant: 'zeta', body: { tenant: 'zeta' }, attempts: 1, queue: 'projects/p/topics/jobs' },
      { id: 'z', tenant: 'platform', body: 'no json', message: 'no json' },
    ]);
  });
});
