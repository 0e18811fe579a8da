import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { makePushes } from './pushes.ts';

const heard: string[] = [];
const pushes = makePushes(async (url) => {
  heard.push(url);
  return 204;
});
const server = createServer((incoming, outgoing) => void pushes.receive('one', incoming, outgoing)).listen(0, '127.0.0.1');
afterEach(() => server.close());

const push = async (type: string, publishTime: Date): Promise<void> => {
  const message = { attributes: { 'ce-type': type }, publishTime: publishTime.toISOString() };
  await fetch(`http://127.0.0.1:${(server.address() as AddressInfo).port}`, { method: 'POST', body: JSON.stringify({ message }) });
};
const minutes = (count: number): Date => new Date(Date.now() + count * 60_000);
const to = { account: 'push', audience: 'a', filter: 'attributes."ce-type" = "wanted"' };

describe('a push subscription', () => {
  it('hears what its filter lets through, since it is there or since when it is put back to', async () => {
    pushes.declare('one', { ...to, url: 'here' });
    await push('wanted', minutes(-2));
    await push('other', minutes(1));
    expect(heard).toEqual([]);
    await push('wanted', minutes(1));
    expect(heard).toEqual(['here']);
    pushes.seek('one', minutes(-3));
    pushes.declare('one', { ...to, url: 'there' });
    await push('wanted', minutes(-2));
    await push('wanted', minutes(-4));
    expect(heard).toEqual(['here', 'there']);
  });
});
