import { describe, expect, it } from 'vitest';
import { makeAccess } from './access.ts';

const account = '/subscriptions/s/resourceGroups/g/providers/Microsoft.Storage/storageAccounts/data';
const container = `${account}/blobServices/default/containers/artifacts`;
const read = 'Microsoft.Storage/storageAccounts/blobServices/containers/blobs/read';
const role = '/subscriptions/s/providers/Microsoft.Authorization/roleDefinitions/2a2b9908-6ea1-4ae2-8e65-a410df84e7d1';

describe('who may do what in a subscription', () => {
  const access = makeAccess();
  access.assign('one', { principalId: 'p', role, scope: container });
  const may = (principalId: string, action: string, scope: string) => access.decide(principalId, { anyOf: [[action]], scope });

  it('is who was assigned a role, on its scope and below it', () => {
    expect(may('p', read, container)).toBe(true);
    expect(may('p', read, container.toUpperCase())).toBe(true);
    expect(may('p', read, `${container}-others`)).toBe(false);
    expect(may('p', read, account)).toBe(false);
    expect(may('other', read, container)).toBe(false);
    expect(may('p', read.replace('read', 'write'), container)).toBe(false);
  });

  it('is who has all of one of the lists of actions that would do', () => {
    const scope = 'account/dbs/platform/colls/things';
    access.define('own', 'own', ['receive', 'remove']);
    access.assign('two', { principalId: 'q', role: 'own', scope: 'account' });
    expect(access.decide('q', { anyOf: [['process'], ['receive', 'remove']], scope })).toBe(true);
    expect(access.decide('q', { anyOf: [['process'], ['receive', 'peek']], scope })).toBe(false);
  });

  it('is remembered', () => {
    const refused = access.decisions().filter(({ isAllowed }) => !isAllowed);
    expect(refused).toHaveLength(5);
    access.unassign('one');
    expect(may('p', read, container)).toBe(false);
  });
});
