import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, it, onTestFinished } from 'vitest';
import { unlike } from './move.ts';
import { movable } from './platform.ts';
import { tables } from './stores.ts';

const [table] = tables;
if (table === undefined) throw new Error('there are no tables');

const answering = async (listener: RequestListener) => {
  const server = createServer(listener);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => void server.close());
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
};

it('a platform that refuses is named by the option that told of it', async () => {
  const url = await answering((_request, response) => response.writeHead(401).end());
  const asked = movable(url, 'x', { option: '--to', keyName: 'HYBRID_TO_KEY' }).items(table, null);
  await expect(asked).rejects.toThrow(`${table.path} (--to) was answered by 401. Is HYBRID_TO_KEY the administrator's key of ${url}?`);
});

it('differences that were only looked for are moved by a run that moves', () => {
  expect(unlike(['models.registry'], true)).toContain('if it had nothing, run it without --verify, which only compares.');
  expect(unlike(['models.registry'], false)).toContain('if it had nothing, run it again.');
});

it('a platform that leads elsewhere is not followed', async () => {
  let reached = 0;
  const inside = await answering((_request, response) => {
    reached++;
    response.end('{}');
  });
  const url = await answering((_request, response) => response.writeHead(302, { location: `${inside}/latest/meta-data` }).end());
  await expect(movable(url, 'x').items(table, null)).rejects.toThrow('was answered by 302');
  expect(reached).toBe(0);
});

it('a platform that gives the same page again and again is left', async () => {
  const again = JSON.stringify({ data: [], next: 'more' });
  const url = await answering((_request, response) => response.writeHead(200, { 'content-type': 'application/json' }).end(again));
  await expect(movable(url, 'x').items(table, 'more')).rejects.toThrow('gives the same page again and again');
});
