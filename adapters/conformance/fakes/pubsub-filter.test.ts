import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { matchesPubSubFilter, type PubSubFilter, parsePubSubFilter } from './pubsub-filter.ts';
import { Refusal } from './server.ts';

const matches = (filter: string, attributes: Record<string, string>) => matchesPubSubFilter(parsePubSubFilter(filter), attributes);

describe('a Pub/Sub subscription’s filter', () => {
  const message = { domain: 'com', 'iana.org/language_tag': 'en', region: 'us-east1', 'my-key': 'x' };

  it.each([
    ['', true],
    ['attributes:domain', true],
    ['attributes:missing', false],
    ['NOT attributes:missing', true],
    ['-attributes:domain', false],
    ['attributes.domain = "com"', true],
    ['attributes.domain="COM"', false],
    ['attributes.domain != "com"', false],
    ['attributes.domain != "org"', true],
    ['attributes.missing != "com"', true],
    ['attributes:"iana.org/language_tag" AND attributes.domain = "com"', true],
    ['attributes."iana.org/language_tag" = "en"', true],
    ['attributes.my-key = "x"', true],
    ['hasPrefix(attributes.region, "us-")', true],
    ['hasPrefix(attributes.missing, "us-")', false],
    ['NOT hasPrefix(attributes.region, "eu-") AND -attributes:missing', true],
    ['attributes.domain = "org" OR attributes.domain = "com" OR attributes:x', true],
    ['attributes:domain AND (attributes.domain = "net" OR attributes.domain = "org")', false],
    ['NOT (attributes:domain AND attributes:missing)', true],
    ['attributes.domain = "c\\u006f\\x6d"', true],
    ['attributes.domain = "\\143om"', true],
  ])('%s: %s', (filter, expected) => expect(matches(filter, message)).toBe(expected));

  it.each([
    'attributes',
    'attributes.domain',
    'attributes.domain = com',
    "attributes.domain = 'com'",
    'attributes.domain == "com"',
    'attributes.domain > "com"',
    'attributes:iana.org/language_tag',
    'data.x = "1"',
    'hasSuffix(attributes.x, "a")',
    'hasPrefix(attributes:x, "a")',
    'attributes:a and attributes:b',
    'attributes:a AND attributes:b OR attributes:c',
    'attributes:a OR attributes:b AND attributes:c',
    'attributes:a AND',
    'attributes:a attributes:b',
    '(attributes:a',
    'attributes:a)',
    'NOT NOT attributes:a',
    'NOTattributes:a',
    'attributes.a = "b',
    'attributes.a = "\\q"',
    'attributes:a ANDattributes:b',
  ])('is not %s', (filter) => expect(() => parsePubSubFilter(filter)).toThrow(Refusal));

  it('has at most 256 bytes', () => {
    const filter = (bytes: number) => `attributes.a = "${'x'.repeat(bytes - 17)}"`;
    expect(parsePubSubFilter(filter(256))).toMatchObject({ kind: 'equals' });
    expect(() => parsePubSubFilter(filter(257))).toThrow(Refusal);
    expect(() => parsePubSubFilter(`attributes.a = "${'é'.repeat(130)}"`)).toThrow(Refusal);
  });

  const text = fc.string({ maxLength: 3, unit: fc.constantFrom('a', 'b', 'é', '"', '\\', '\n', ' ', '-', '.') });
  const key = fc.constantFrom('a', 'b', 'a-b', 'x/y', '"');
  const filter = fc.letrec<{ term: PubSubFilter; condition: PubSubFilter }>((tie) => ({
    term: fc.oneof(
      { maxDepth: 3 },
      fc.record({ kind: fc.constant('has' as const), key }),
      fc.record({ kind: fc.constantFrom('equals' as const, 'differs' as const, 'hasPrefix' as const), key, value: text }),
      fc.record({ kind: fc.constant('not' as const), of: tie('condition') }),
      tie('condition'),
    ),
    condition: fc.record({
      kind: fc.constantFrom('and' as const, 'or' as const),
      of: fc.array(tie('term'), { minLength: 2, maxLength: 3 }),
    }),
  })).term;
  const literal = (value: string) => `"${value.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n')}"`;
  const printedKey = (name: string) => (/^[\w-]+$/.test(name) ? name : literal(name));
  const print = (one: PubSubFilter): string => {
    if (one.kind === 'has') return `attributes:${printedKey(one.key)}`;
    if (one.kind === 'hasPrefix') return `hasPrefix(attributes.${printedKey(one.key)}, ${literal(one.value)})`;
    if (one.kind === 'not') return `NOT ${print(one.of)}`;
    if (!('key' in one)) return `(${one.of.map(print).join(one.kind === 'and' ? ' AND ' : ' OR ')})`;
    return `attributes.${printedKey(one.key)} ${one.kind === 'equals' ? '=' : '!='} ${literal(one.value)}`;
  };
  const short = filter.filter((one) => Buffer.byteLength(print(one)) <= 256);
  const attributes = fc.dictionary(key, text, { maxKeys: 4 });

  it('is read as it was written', () => {
    fc.assert(fc.property(short, (one) => void expect(parsePubSubFilter(print(one))).toEqual(one)));
  });
  it('holds by the laws of De Morgan', () => {
    fc.assert(
      fc.property(short, short, attributes, (one, other, message) => {
        const holds = (each: PubSubFilter) => matchesPubSubFilter(each, message);
        const not = (of: PubSubFilter): PubSubFilter => ({ kind: 'not', of });
        expect(holds(not({ kind: 'and', of: [one, other] }))).toBe(holds({ kind: 'or', of: [not(one), not(other)] }));
        expect(holds(not(not(one)))).toBe(holds(one));
      }),
    );
  });
  it('throws nothing but a refusal, whatever it is given', () => {
    const pieces = fc.constantFrom(
      'attributes',
      ':',
      '.',
      '=',
      '!=',
      '"x"',
      '"',
      'AND',
      'OR',
      'NOT',
      '-',
      '(',
      ')',
      'hasPrefix',
      ',',
      'x',
      ' ',
      '\\',
    );
    fc.assert(
      fc.property(fc.array(pieces, { maxLength: 20 }), (parts) => {
        try {
          parsePubSubFilter(parts.join(''));
        } catch (error) {
          expect(error).toBeInstanceOf(Refusal);
        }
      }),
    );
  });
});
