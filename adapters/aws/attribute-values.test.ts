import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { JsonObject } from '../../domain/kernel/json.ts';
import { rejection } from '../conformance/harness.ts';
import { type AttributeValue, fromAttribute, marshall, unmarshall } from './attribute-values.ts';

describe('attribute values', () => {
  it('hold any JSON object', () =>
    fc.assert(
      fc.property(fc.dictionary(fc.string(), fc.jsonValue()), (made) => {
        const value = JSON.parse(JSON.stringify(made)) as JsonObject;
        expect(unmarshall(JSON.parse(JSON.stringify(marshall(value))))).toStrictEqual(value);
      }),
    ));
  it('are what the API writes', () =>
    expect(marshall({ s: 'x', n: -1.5, t: true, z: null, l: [1, 'a'], m: { k: '' }, gone: undefined })).toEqual({
      s: { S: 'x' },
      n: { N: '-1.5' },
      t: { BOOL: true },
      z: { NULL: true },
      l: { L: [{ N: '1' }, { S: 'a' }] },
      m: { M: { k: { S: '' } } },
    }));
  it('of a kind that is no JSON are not the platform’s', async () =>
    expect(await rejection((async () => fromAttribute({ B: 'AAAA' } as unknown as AttributeValue))())).toMatchObject({
      code: 'foreign-attribute',
    }));
});
