import { describe, expect, it } from 'vitest';
import { specification } from '../kernel/specification.ts';
import { type AliasEvent, alias, aliasesAfter } from './alias.ts';

const spec = specification(alias);
const named = { model: 'digits', alias: 'champion' };
const assigned = (version: string): AliasEvent => ({ type: 'alias-assigned', ...named, version });

describe('an alias', () => {
  it('points to the version it was assigned', () =>
    spec
      .given()
      .when({ type: 'assign', ...named, version: '1' })
      .then(assigned('1')));
  it('says nothing when it already points there', () =>
    spec
      .given(assigned('1'))
      .when({ type: 'assign', ...named, version: '1' })
      .then());
  it('moves to another version', () =>
    spec
      .given(assigned('1'))
      .when({ type: 'assign', ...named, version: '2' })
      .then(assigned('2')));
  it('says where it pointed when it is removed', () =>
    spec
      .given(assigned('1'), assigned('2'))
      .when({ type: 'remove', ...named })
      .then({ type: 'alias-removed', ...named, version: '2' }));
  it('cannot be removed before it was assigned', () =>
    spec
      .given()
      .when({ type: 'remove', ...named })
      .fails('alias-not-found'));
});

describe('the aliases of a model', () => {
  it('are where the last event of each left them', () => {
    const removed: AliasEvent = { type: 'alias-removed', model: 'digits', alias: 'shadow', version: '1' };
    const shadow: AliasEvent = { type: 'alias-assigned', model: 'digits', alias: 'shadow', version: '1' };
    expect(aliasesAfter([assigned('1'), shadow, assigned('2'), removed])).toEqual({ champion: '2' });
  });
});
