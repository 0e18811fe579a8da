import { describe, expect, it } from 'vitest';
import { inMemoryTable } from '../adapters/conformance/in-memory-table.ts';
import * as billing from './billing/handlers.ts';
import { contexts } from './contexts.ts';
import * as identity from './identity/handlers.ts';
import * as inference from './inference/handlers.ts';
import type { AnyHandler } from './kernel/handler.ts';
import { type Operation, operationsOf } from './kernel/operations.ts';
import { platformApp, type RunningContext } from './kernel/serve.ts';
import { testServing } from './kernel/test-serving.ts';
import * as models from './models/handlers.ts';
import * as observability from './observability/handlers.ts';
import * as platform from './platform/handlers.ts';

const functions: { readonly [context: string]: { readonly handlers: object } } = {
  platform,
  identity,
  models,
  inference,
  billing,
  observability,
};

const reached: string[] = [];
// Ports of every name that remember that somebody came to them.
const untouchable = new Proxy(
  {},
  {
    get: (_target, method) => () => {
      reached.push(String(method));
      return Promise.reject(new TypeError('reached'));
    },
  },
);
const running: readonly RunningContext[] = contexts.map((declaration) => ({
  declaration,
  handlers: functions[declaration.name]?.handlers as { readonly [does: string]: AnyHandler },
  ports: Object.fromEntries(Object.values(declaration.routes).flatMap(({ uses }) => Object.keys(uses).map((name) => [name, untouchable]))),
}));

const app = platformApp(running, testServing(inMemoryTable()));
const ask = ({ method, path }: Operation, headers: Record<string, string> = {}) =>
  app.request(path.replaceAll(/\{\w+\}/g, 'x'), { method, headers, ...(method === 'GET' ? {} : { body: '{}' }) });

const guarded = operationsOf(contexts)
  .filter(({ route }) => !['public', 'signed'].includes(route.permission))
  .map((operation): [string, Operation] => [operation.key, operation]);

describe.each(guarded)('%s', (_key, operation) => {
  it('answers 401 in the shape of its protocol without credentials, and touches nothing', async () => {
    const response = await ask(operation);
    const body = (await response.json()) as Record<string, unknown>;
    expect(response.status).toBe(401);
    expect(response.headers.get('www-authenticate')).toBe('Bearer');
    expect(operation.path.startsWith('/v2') ? Object.keys(body) : body.code).toEqual(
      operation.path.startsWith('/v2') ? ['error'] : 'credentials-missing',
    );
    expect(reached).toEqual([]);
  });

  it('answers 401 to a key that nobody has', async () => {
    const response = await ask(operation, { authorization: 'Bearer hyb_acme_01ABC_secret' });
    expect(response.status).toBe(401);
    expect(reached).toEqual([]);
  });
});

describe('the walk itself', () => {
  it('would see a port that was reached', async () => {
    const upload = operationsOf(contexts).find(({ route }) => route.does === 'put-object') as Operation;
    expect((await ask(upload)).status).toBe(500);
    expect(reached.splice(0)).toEqual(['serve']);
  });
});
