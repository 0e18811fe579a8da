import { describe, expect, it } from 'vitest';
import type { Verb } from '../../functions/kernel/context.ts';
import { type Resource, resourceVariable } from '../../functions/kernel/resources.ts';
import { statementsOf } from './role.ts';

describe('what a role is granted', () => {
  const resource: Resource = { kind: 'table', context: 'models', name: 'registry' };
  const places = new Map([[resourceVariable(resource), { arn: 'arn', value: 'name' }]]);

  it('is a statement of its own for each verb', () => {
    const made = statementsOf([{ resource, verbs: ['read', 'append'] }], places);
    expect(made.map(({ Sid }) => Sid)).toEqual(['ReadTableModelsRegistry', 'AppendTableModelsRegistry']);
  });

  const sids = (...verbs: readonly Verb[]) => statementsOf([{ resource, verbs }], places).map(({ Sid }) => Sid);
  it('is no statement where another verb covers it, without a condition', () => {
    expect(sids('append', 'get', 'put', 'read')).toEqual(['AppendTableModelsRegistry', 'ReadTableModelsRegistry']);
    expect(sids('get', 'settle')).toEqual(['GetTableModelsRegistry', 'SettleTableModelsRegistry']);
    expect(sids('acknowledge', 'delete')).toEqual(['AcknowledgeTableModelsRegistry']);
  });

  it('is to put markers alone for who settles, and to delete for who acknowledges them', () => {
    const [settles, acknowledges] = statementsOf([{ resource, verbs: ['settle', 'acknowledge'] }], places);
    expect(settles?.Action).toEqual(['dynamodb:PutItem']);
    expect(settles?.Condition).toEqual({
      'ForAllValues:StringEquals': { 'dynamodb:Attributes': ['pk', 'sk', 'expiresAt'] },
    });
    expect(acknowledges?.Action).toEqual(['dynamodb:DeleteItem']);
  });

  it('is refused where nobody has given the verb a meaning on AWS, or nothing was made for the resource', () => {
    expect(() => statementsOf([{ resource, verbs: ['presign'] }], places)).toThrow('verb-without-meaning');
    expect(() => statementsOf([{ resource: { ...resource, name: 'other' }, verbs: ['read'] }], places)).toThrow('unknown-resource');
  });
});
