import { describe, expect, it } from 'vitest';
import type { CloudEvent } from '../../domain/kernel/cloud-event.ts';
import type { ObjectStore } from '../../domain/kernel/object-store.ts';
import { eventOf } from '../cloud/large-events.ts';
import { usualBackoff } from '../cloud/retry.ts';
import { rejection } from '../conformance/harness.ts';
import { proofsOf } from '../conformance/proof.ts';
import { eventBridgeBus } from './event-bus.ts';
import { type Answer, answeringClient, connectionReset, fault, ok } from './test-answers.ts';

const { observed } = proofsOf('EventBus', 'answers from the API reference');

const event = (id: string, more: Partial<CloudEvent> = {}): CloudEvent => ({
  specversion: '1.0',
  id,
  source: 'urn:hybrid:models',
  type: 'model-deployed',
  subject: 'digits',
  time: '2026-11-01T12:00:00.000Z',
  datacontenttype: 'application/json',
  tenantid: 'acme',
  principal: 'key:ada',
  sequence: '1',
  data: { name: 'digits' },
  ...more,
});

/** Objects in memory, as far as large events need them. */
const objects = () => {
  const kept = new Map<string, string>();
  const info = (key: string) => ({ key, sizeBytes: 0, etag: '', contentType: '', modifiedAt: '' });
  const store: Pick<ObjectStore, 'put' | 'get'> = {
    async put(key, body) {
      let text = '';
      for await (const chunk of body as AsyncIterable<Uint8Array>) text += Buffer.from(chunk).toString();
      kept.set(key, text);
      return info(key);
    },
    get: async (key) => (kept.has(key) ? { info: info(key), body: new Blob([kept.get(key) ?? '']).stream() } : undefined),
  };
  return { kept, store };
};

/** A bus to whose requests EventBridge answers as told. */
const answering = (answers: readonly Answer[]) => {
  const { client, sent, waits } = answeringClient(answers);
  const { kept, store } = objects();
  const backoff = { ...usualBackoff, random: () => 1, wait: async (millis: number) => void waits.push(millis) };
  const bus = observed(eventBridgeBus({ client, busName: 'platform', largeEvents: store, backoff }));
  const entries = () => sent.map(({ body }) => (body as { readonly Entries: readonly Record<string, string>[] }).Entries);
  const ids = () => entries().map((batch) => batch.map(({ Detail }) => (JSON.parse(Detail ?? '') as CloudEvent).id));
  return { bus, sent, waits, entries, ids, kept, store };
};

/** API reference, PutEvents and PutEventsResultEntry: a result for each entry, in their order. */
const results = (...codes: readonly (string | undefined)[]): Answer =>
  ok({
    FailedEntryCount: codes.filter((code) => code !== undefined).length,
    Entries: codes.map((ErrorCode) => (ErrorCode === undefined ? { EventId: 'e' } : { ErrorCode, ErrorMessage: 'as the reference says' })),
  });
const taken = results();
const events = (count: number) => Array.from({ length: count }, (_, n) => event(String(n)));

describe('what is sent to EventBridge', () => {
  it('is the event as detail, under its own source and type', async () => {
    const { bus, sent, entries } = answering([taken]);
    await bus.publish([event('1')]);
    expect(sent[0]?.headers.get('x-amz-target')).toBe('AWSEvents.PutEvents');
    expect(entries()).toEqual([
      [{ EventBusName: 'platform', Source: 'urn:hybrid:models', DetailType: 'model-deployed', Detail: JSON.stringify(event('1')) }],
    ]);
  });

  it('is ten events a call, in their order, and no more than 256 KB', async () => {
    const { bus, ids } = answering([taken, taken, taken]);
    await bus.publish(events(12));
    expect(ids()).toEqual([
      ['0', '1', '2', '3', '4', '5', '6', '7', '8', '9'],
      ['10', '11'],
    ]);
    const large = answering([taken, taken]);
    await large.bus.publish(['a', 'b', 'c'].map((id) => event(id, { data: { text: 'x'.repeat(100 * 1024) } })));
    expect(large.ids()).toEqual([['a', 'b'], ['c']]);
  });

  it('of an event that is too large is a reference, by which its data are found again', async () => {
    const { bus, entries, kept, store } = answering([taken, taken]);
    const large = event('large', { data: { text: 'ä'.repeat(121 * 1024) } });
    await bus.publish([large]);
    await bus.publish([large]);
    const [[entry] = []] = entries();
    const detail = JSON.parse(entry?.Detail ?? '') as Record<string, unknown>;
    const { data, ...envelope } = large;
    const [key = ''] = kept.keys();
    expect(detail).toEqual({ ...envelope, dataref: key });
    expect([kept.size, key.startsWith('acme/'), JSON.parse(kept.get(key) ?? '')]).toEqual([1, true, data]);
    expect(await eventOf(detail, store)).toEqual(large);
    expect(await eventOf(event('small'), store)).toEqual(event('small'));
  });
});

describe('what arrives by EventBridge', () => {
  it.each([undefined, null, 'text', {}, { id: '1', source: 's' }, { ...event('1'), data: undefined }, { ...event('1'), data: 'text' }])(
    'is no CloudEvent where it is %j',
    async (detail) => expect((await rejection(eventOf(detail, objects().store))).code).toBe('not-a-cloud-event'),
  );

  const byReference = async (published: CloudEvent) => {
    const { bus, entries, kept, store } = answering([taken]);
    await bus.publish([published]);
    return { detail: JSON.parse(entries()[0]?.[0]?.Detail ?? '') as Record<string, unknown>, kept, store };
  };
  const large = event('1', { data: { text: 'x'.repeat(241 * 1024) } });

  it('fails where its data are gone', async () => {
    const { detail, kept, store } = await byReference(large);
    kept.clear();
    expect(await rejection(eventOf(detail, store))).toEqual({ failure: 'not-found', code: 'event-data-missing' });
  });

  it.each([{ tenantid: 'rival' }, { id: '2' }, { source: 'urn:hybrid:billing' }, { dataref: 'rival/secret.json' }])(
    'is refused where it refers to the data of another event (%j)',
    async (forged) => {
      const { detail, kept, store } = await byReference(large);
      kept.set('rival/secret.json', '{}');
      expect((await rejection(eventOf({ ...detail, ...forged }, store))).code).toBe('not-a-cloud-event');
    },
  );
});

describe('what EventBridge does not take', () => {
  it.each(['InternalFailure', 'ThrottlingException'])('is published again after %s, and only that', async (code) => {
    const { bus, ids, waits } = answering([results(undefined, code, undefined, code), results(code, undefined), taken]);
    await bus.publish(events(4));
    expect(ids()).toEqual([['0', '1', '2', '3'], ['1', '3'], ['1']]);
    expect(waits).toEqual([50, 100]);
  });

  it.each([
    'MalformedDetail',
    'InvalidArgument',
    'AccessDeniedException',
    'NotAuthorizedForSourceException',
    'NotAuthorizedForDetailTypeException',
  ])('fails at once after %s', async (code) => {
    const { bus, sent } = answering([results(undefined, code)]);
    await expect(bus.publish(events(2))).rejects.toMatchObject({ details: { code } });
    expect(sent).toHaveLength(1);
  });

  it('fails where it is not taken in the end, and nothing behind it is published', async () => {
    const never = Array.from({ length: 6 }, () => results('InternalFailure'));
    const { bus, sent } = answering([results('InternalFailure', ...Array.from({ length: 9 }, () => undefined)), ...never.slice(1)]);
    await expect(bus.publish(events(11))).rejects.toMatchObject({ details: { code: 'EventsFailed' } });
    expect(sent).toHaveLength(6);
  });
});

describe('a call to EventBridge that fails as a whole', () => {
  it.each<[string, Answer]>([
    ['throttled', fault(400, 'ThrottlingException', 'Rate exceeded')],
    ['cut off', connectionReset()],
    ['answered 500', { status: 500, body: '' }],
  ])('is made again where it was %s', async (_, first) => {
    const { bus, sent } = answering([first, taken]);
    await bus.publish(events(1));
    expect(sent).toHaveLength(2);
  });

  it('says so once where the credentials have expired', async () => {
    const { bus } = answering([fault(403, 'ExpiredTokenException', 'The security token included in the request is expired')]);
    expect(await rejection(bus.publish(events(1)))).toEqual({ failure: 'unavailable', code: 'cloud-credentials' });
  });
});
