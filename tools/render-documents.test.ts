import { describe, expect, it } from 'vitest';
import { contexts } from '../functions/contexts.ts';
import { operationsOf } from '../functions/kernel/operations.ts';
import { documents, drifted } from './render-documents.ts';

describe('the documents under docs/', () => {
  it('say what the declarations say (else: npm run docs)', () => {
    expect(drifted()).toEqual([]);
  });

  it('would be found out if one said something else', () => {
    expect(drifted({ ...documents(), 'permissions.md': 'Everybody may do everything.' })).toEqual(['docs/permissions.md']);
    expect(drifted({ 'absent.json': '{}' })).toEqual(['docs/absent.json']);
  });
});

describe('the permission table', () => {
  const rows = (documents()['permissions.md'] ?? '').split('\n').filter((line) => /^\| `/.test(line));

  it('has a row for every route', () => {
    expect(rows).toHaveLength(operationsOf(contexts).length);
  });

  it.each([
    ['| `POST /v1/models` | `models:write` | tenant | editor, admin |'],
    ['| `GET /v1/models` | `models:read` | tenant | viewer, editor, admin |'],
    ['| `POST /v1/tenants` | `tenants:write` | platform | admin |'],
    ['| `GET /v1/me` | `authenticated` | either | every valid key |'],
    ['| `GET /v2` | `public` | – | everybody |'],
    ['| `GET /objects/{store}/{key}` | `signed` | – | whoever holds the URL |'],
  ])('says %s', (beginning) => {
    expect(rows.filter((row) => row.startsWith(beginning))).toHaveLength(1);
  });
});
