import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, it } from 'vitest';
import { unlike } from './move.ts';
import { movable } from './platform.ts';
import { tables } from './stores.ts';

it('a platform that refuses is named by the option that told of it', async () => {
  const server = createServer((_request, response) => response.writeHead(401).end());
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const [table] = tables;
  if (table === undefined) expect.unreachable('there are no tables');
  const asked = movable(url, 'x', { option: '--to', keyName: 'HYBRID_TO_KEY' }).items(table, null);
  await expect(asked).rejects.toThrow(`${table.path} (--to) was answered by 401. Is HYBRID_TO_KEY the administrator's key of ${url}?`);
  await new Promise((resolve) => server.close(resolve));
});

it('differences that were only looked for are moved by a run that moves', () => {
  expect(unlike(['models.registry'], true)).toContain('if it had nothing, run it without --verify, which only compares.');
  expect(unlike(['models.registry'], false)).toContain('if it had nothing, run it again.');
});
