import { describe, expect, it } from 'vitest';
import { takeOver } from './handover.ts';

const now = Date.parse('2026-11-25T12:00:00Z');
const topic = 'projects/p/topics/events';
const handover = {
  ...{ project: 'p', topic, subscription: 'projects/p/subscriptions/models-events-22222222' },
  replaces: (id: string) => /^models-events-(1{8}|3{8})$/.test(id),
};

type World = {
  readonly subscriptions: readonly (readonly string[])[];
  /** Of each subscription: when Cloud Monitoring looked, and how old the oldest message was. */
  readonly ages?: { readonly [id: string]: readonly (readonly [endTime: string, seconds: number])[] };
  /** What the next seeks answer, before they succeed. */
  readonly refusals?: number[];
};

/** Google as far as it is asked here, and where it was told to put a subscription back to. */
const google = ({ subscriptions, ages = {}, refusals = [] }: World) => {
  const sought: unknown[] = [];
  const ask = async (input: string | URL | Request, init?: RequestInit): Promise<Response> => {
    const url = new URL(String(input));
    expect(new Headers(init?.headers).get('authorization')).toBe('Bearer token');
    if (url.pathname === `/v1/${topic}/subscriptions`) {
      const page = Number(url.searchParams.get('pageToken'));
      const names = (subscriptions[page] ?? []).map((id) => `projects/p/subscriptions/${id}`);
      return Response.json({ subscriptions: names, ...(page + 1 < subscriptions.length && { nextPageToken: String(page + 1) }) });
    }
    if (url.host === 'monitoring.googleapis.com') {
      const id = /subscription_id="([^"]+)"/.exec(url.searchParams.get('filter') ?? '')?.[1] ?? '';
      const points = (ages[id] ?? []).map(([endTime, seconds]) => ({ interval: { endTime }, value: { int64Value: String(seconds) } }));
      return Response.json(points.length === 0 ? {} : { timeSeries: [{ points }] });
    }
    expect([init?.method, url.pathname]).toEqual(['POST', `/v1/${handover.subscription}:seek`]);
    const refusal = refusals.shift();
    if (refusal !== undefined) return new Response('not now', { status: refusal });
    sought.push(JSON.parse(String(init?.body)));
    return Response.json({});
  };
  return { sought, accessToken: 'token', ask, now: () => now, wait: async () => {} };
};

describe('a subscription with another filter', () => {
  it('is put back to the oldest message that the one before it had not delivered when it was last looked at', async () => {
    const ages = {
      'models-events-11111111': [
        ['2026-11-25T11:56:00Z', 600],
        ['2026-11-25T11:55:00Z', 9000],
      ] as const,
    };
    const asked = google({ subscriptions: [['billing-events-11111111'], ['models-events-11111111', 'models-events-22222222']], ages });
    expect(await takeOver(handover, asked)).toEqual(new Date('2026-11-25T11:45:00Z'));
    expect(asked.sought).toEqual([{ time: '2026-11-25T11:45:00.000Z' }]);
  });
  it('takes over from all that there were before, by the slowest of them', async () => {
    const ages = {
      'models-events-11111111': [['2026-11-25T11:56:00Z', 0]],
      'models-events-33333333': [['2026-11-25T11:57:00Z', 86_400]],
    } as const;
    const asked = google({ subscriptions: [['models-events-11111111', 'models-events-33333333']], ages });
    expect(await takeOver(handover, asked)).toEqual(new Date('2026-11-24T11:56:00Z'));
  });
  it('has everything again that can be undelivered, where nobody looked at the one before it', async () => {
    const asked = google({ subscriptions: [['models-events-11111111']] });
    expect(await takeOver(handover, asked)).toEqual(new Date('2026-11-18T12:00:00Z'));
  });
  it('is left alone where there was none before it', async () => {
    const asked = google({ subscriptions: [['billing-events-11111111', 'models-events-22222222']] });
    expect([await takeOver(handover, asked), asked.sought]).toEqual([undefined, []]);
  });
  it('is tried again while Google does not know it yet', async () => {
    const asked = google({ subscriptions: [['models-events-11111111']], refusals: [404, 503] });
    await takeOver(handover, asked);
    expect(asked.sought).toHaveLength(1);
  });
  it('fails with what to do where that is refused', async () => {
    const asked = google({ subscriptions: [['models-events-11111111']], refusals: [403] });
    await expect(takeOver(handover, asked)).rejects.toThrow(
      /403 from pubsub.googleapis.com: not now.*gcloud pubsub subscriptions seek models-events-22222222 --time 2026-11-18T12:00:00.000Z/,
    );
  });
});
